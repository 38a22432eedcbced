require ["fileinto", "regex", "variables", "imap4flags", "relational", "comparator-i;ascii-numeric"];
#### a word
if header :regex "subject" "test" { fileinto "1"; } if header :regex "subject" "^re:" { fileinto "2"; } if header :regex "subject" "[?!]$" { fileinto "3"; }
#### any of several
if header :regex "subject" ["invoice", "rech?nung", "order|bestellung"] { fileinto "1"; }
#### groups
if header :regex "subject" "^(re|fwd|aw|wg): *(.*)$" { fileinto "[${1}][${2}]"; }
#### groups that take no part
if header :regex "subject" "(a)|(e)" { fileinto "[${1}][${2}]"; }
#### the whole hit
if header :regex "subject" "[a-z]+" { fileinto "[${0}]"; }
#### the longest hit
if string :regex "abcd" "a|ab|abc" { fileinto "[${0}]"; } if string :regex "xyxyz" "(xy)*" { fileinto "[${0}]"; }
#### repetition
if string :regex "aaa" "^a{3}$" { fileinto "1"; } if string :regex "aaa" "^a{1,2}$" { fileinto "2"; } if string :regex "aaa" "a{2,}" { fileinto "3"; }
#### classes
if header :regex "subject" "[[:digit:]]+" { fileinto "[${0}]"; } if header :regex "subject" "^[[:upper:]]" { fileinto "2"; } if header :regex "subject" "[[:space:]]" { fileinto "3"; }
#### brackets
if string :regex "a]b" "[]]" { fileinto "1"; } if string :regex "a-b" "[a-]-" { fileinto "2"; } if string :regex "a\\b" "[\\]" { fileinto "3"; } if string :regex "ab" "[^a]" { fileinto "[${0}]"; }
#### escapes
if string :regex "1.5" "1\\.5" { fileinto "1"; } if string :regex "1x5" "1\\.5" { fileinto "2"; } if string :regex "a+b" "a\\+b" { fileinto "3"; } if string :regex "(x)" "\\(x\\)" { fileinto "4"; }
#### octets know case
if header :regex :comparator "i;octet" "subject" "[A-Z][A-Z]+" { fileinto "[${0}]"; } if header :regex :comparator "i;octet" "subject" "the" { fileinto "2"; }
#### case does not matter by default
if header :regex "subject" "THE" { fileinto "1"; } if header :regex "subject" "[T]HE" { fileinto "2"; }
#### an address
if address :regex "from" "^[a-z0-9._-]+@[a-z0-9.-]+$" { fileinto "1"; } if address :domain :regex "from" "^(.*\\.)?example\\.(org|com|net)$" { fileinto "[${1}]"; }
#### flags
addflag "label1 label23"; if hasflag :regex "^label([0-9]+)$" { fileinto "[${1}]"; }
#### a variable as an expression
set "word" "t(e)st"; if string :regex "a test" "${word}" { fileinto "[${1}]"; }
#### dots
if header :regex "subject" "^.$" { fileinto "1"; } if header :regex "subject" "^..." { fileinto "2"; } if string :regex "" "^$" { fileinto "3"; }
#### nothing fits
if header :regex "x-none" ".*" { fileinto "1"; } if header :regex "subject" "no such subject anywhere" { fileinto "2"; }
#### a list's name
if header :regex ["list-id", "list-post"] "<?([a-z0-9-]+)[.@]" { fileinto "lists/${1}"; }
