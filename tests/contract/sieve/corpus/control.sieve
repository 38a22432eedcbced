require ["fileinto", "copy", "imap4flags"];
#### an empty script keeps
#### a comment alone keeps
# nothing here
/* and nothing here */
#### stop keeps
stop;
#### stop ends what follows
fileinto "before"; stop; fileinto "after";
#### keep
keep;
#### discard
discard;
#### keep and discard
keep; discard;
#### discard, then file
discard; fileinto "kept";
#### file twice into one mailbox
fileinto "A"; fileinto "A";
#### file into several mailboxes
fileinto "A"; fileinto "B"; fileinto "C/D";
#### file into INBOX is a keep
fileinto "INBOX"; keep;
#### file into inbox in another case
fileinto "inbox"; fileinto "Inbox";
#### a copy leaves the keep
fileinto :copy "A";
#### a copy and a move
fileinto :copy "A"; fileinto "B";
#### a copy and a discard
fileinto :copy "A"; discard;
#### redirect cancels the keep
redirect "other@example.org";
#### redirect a copy
redirect :copy "other@example.org";
#### redirect twice to one address
redirect "other@example.org"; redirect "other@example.org";
#### redirect to several
redirect "a@example.org"; redirect :copy "b@example.org"; fileinto "C";
#### too many redirects break off
redirect "a@example.org"; redirect "b@example.org"; redirect "c@example.org"; redirect "d@example.org"; redirect "e@example.org";
#### if without else
if exists "x-spam-flag" { fileinto "spam"; }
#### if with else
if exists "list-id" { fileinto "list"; } else { fileinto "no list"; }
#### a chain takes its first branch
if exists "list-id" { fileinto "list"; }
elsif exists "cc" { fileinto "cc"; }
elsif exists "x-mailer" { fileinto "mailer"; }
else { fileinto "other"; }
#### two chains
if exists "cc" { fileinto "cc"; } else { fileinto "no cc"; }
if exists "reply-to" { fileinto "reply"; } elsif exists "references" { fileinto "references"; }
#### nested blocks
if exists "from" {
  if exists "to" { if exists "cc" { fileinto "three"; } else { fileinto "two"; } }
  else { fileinto "one"; }
}
#### stop in a branch
if exists "message-id" { fileinto "id"; stop; }
fileinto "none";
#### an empty block
if true {} else { discard; }
#### true and false
if true { fileinto "true"; } if false { fileinto "false"; }
#### not
if not false { fileinto "not false"; } if not true { fileinto "not true"; } if not not true { fileinto "twice"; }
#### allof
if allof (true, true) { fileinto "1"; } if allof (true, false) { fileinto "2"; } if allof (false) { fileinto "3"; }
#### anyof
if anyof (false, true) { fileinto "1"; } if anyof (false, false) { fileinto "2"; } if anyof (true) { fileinto "3"; }
#### tests within tests
if anyof (allof (exists "cc", exists "to"), not anyof (exists "subject", exists "sender"), allof (not exists "to")) { fileinto "yes"; }
#### names in any case
IF ExIsTs "FROM" { FileInto "A"; } ELSE { Discard; }
#### strings with escapes
fileinto "a\"b"; fileinto "a\\b"; fileinto "\a\b";
#### a text on several lines
if header :contains "subject" text:
re
.
{ fileinto "never"; }
#### comments between everything
if # here
  /* and
     there */ exists /* again */ "from" # now
{ fileinto "yes"; } /* end */
#### thirty mailboxes
fileinto "1"; fileinto "2"; fileinto "3"; fileinto "4"; fileinto "5"; fileinto "6"; fileinto "7"; fileinto "8"; fileinto "9"; fileinto "10"; fileinto "11"; fileinto "12"; fileinto "13"; fileinto "14"; fileinto "15"; fileinto "16"; fileinto "17"; fileinto "18"; fileinto "19"; fileinto "20"; fileinto "21"; fileinto "22"; fileinto "23"; fileinto "24"; fileinto "25"; fileinto "26"; fileinto "27"; fileinto "28"; fileinto "29"; fileinto "30"; fileinto "31"; fileinto "32";
#### one mailbox too many
fileinto "1"; fileinto "2"; fileinto "3"; fileinto "4"; fileinto "5"; fileinto "6"; fileinto "7"; fileinto "8"; fileinto "9"; fileinto "10"; fileinto "11"; fileinto "12"; fileinto "13"; fileinto "14"; fileinto "15"; fileinto "16"; fileinto "17"; fileinto "18"; fileinto "19"; fileinto "20"; fileinto "21"; fileinto "22"; fileinto "23"; fileinto "24"; fileinto "25"; fileinto "26"; fileinto "27"; fileinto "28"; fileinto "29"; fileinto "30"; fileinto "31"; fileinto "32"; fileinto "33";
#### names with umlauts
fileinto "Büro/Rechnungen"; fileinto "日本語";
