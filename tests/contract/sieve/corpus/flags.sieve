require ["fileinto", "imap4flags", "variables", "relational", "comparator-i;ascii-numeric", "copy"];
#### addflag
addflag "\\Seen";
#### addflag of several
addflag ["\\Seen", "\\Flagged", "work"]; keep;
#### flags between blanks
addflag "\\Seen work home"; fileinto "A";
#### a flag is there once
addflag ["Work", "work", "WORK"]; keep;
#### what is no flag is left out
addflag ["\\Recent", "a(b", "a b%", "\\Unknown", "good", ""]; keep;
#### removeflag
addflag ["a", "b", "c"]; removeflag "B"; keep;
#### removeflag of several
addflag "a b c d"; removeflag ["a", "c d x"]; keep;
#### setflag
addflag "a b"; setflag "c"; keep;
#### setflag to none
addflag "a b"; setflag ""; keep;
#### flags at the time of the action
addflag "a"; fileinto "A"; addflag "b"; fileinto "B"; removeflag "a"; fileinto "C";
#### flags at the end for the implicit keep
addflag "a"; fileinto :copy "A"; addflag "b";
#### flags of the action itself
addflag "a"; fileinto :flags "\\Seen" "A"; fileinto :flags ["x", "y z"] "B"; keep :flags "\\Flagged"; 
#### flags of no kind
addflag "a"; keep :flags "";
#### flags of an action that comes twice
fileinto :flags "a" "A"; fileinto :flags "b" "A";
#### flags of an action, later without
fileinto :flags "a" "A"; fileinto "A";
#### hasflag
addflag "a b"; if hasflag "a" { fileinto "1"; } if hasflag "c" { fileinto "2"; } if hasflag ["c", "B"] { fileinto "3"; }
#### hasflag with a list in a key
addflag "a b"; if hasflag "c b" { fileinto "1"; } if hasflag "c d" { fileinto "2"; }
#### hasflag of system flags
addflag "\\SEEN"; if hasflag "\\seen" { fileinto "1"; } if hasflag :comparator "i;octet" "\\Seen" { fileinto "2"; }
#### hasflag contains
addflag "important work"; if hasflag :contains "port" { fileinto "1"; } if hasflag :contains "x" { fileinto "2"; } if hasflag :contains "" { fileinto "3"; }
#### hasflag matches
addflag "label1 label2"; if hasflag :matches "label*" { fileinto "[${1}]"; } if hasflag :matches "x*" { fileinto "2"; }
#### hasflag count
addflag "a b c"; if hasflag :count "eq" :comparator "i;ascii-numeric" "3" { fileinto "3"; } if hasflag :count "ge" :comparator "i;ascii-numeric" "4" { fileinto "4"; }
#### hasflag value
addflag "b"; if hasflag :value "gt" "a" { fileinto "1"; } if hasflag :value "gt" "c" { fileinto "2"; }
#### hasflag of none
if hasflag "a" { fileinto "1"; } if hasflag "" { fileinto "2"; } if hasflag :count "eq" :comparator "i;ascii-numeric" "0" { fileinto "3"; }
#### flags in a variable
setflag "mine" "a b"; addflag "mine" ["c", "A"]; removeflag "mine" "b"; fileinto :flags "${mine}" "A"; fileinto "[${mine}]";
#### hasflag of a variable
setflag "mine" "a b"; if hasflag "mine" "b" { fileinto "1"; } if hasflag ["other", "mine"] "a" { fileinto "2"; } if hasflag "other" "a" { fileinto "3"; }
#### a variable that was set as text
set "mine" "x  y x"; addflag "mine" "z"; fileinto "[${mine}]";
#### flags from variables
set "which" "work"; addflag "${which}"; addflag ["${which}2", "${none}"]; keep;
#### flags that follow the mail
if header :contains "subject" "re" { addflag "answer"; } if size :over 2K { addflag "large"; } if exists "list-id" { setflag "\\Seen"; }
#### flags and a branch on them
if exists "cc" { addflag "cc"; } if hasflag "cc" { fileinto "cc"; } else { fileinto "no cc"; }
