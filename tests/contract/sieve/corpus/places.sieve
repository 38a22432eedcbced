require ["fileinto", "mailbox", "special-use", "duplicate", "variables", "imap4flags", "copy"];
#### create
fileinto :create "New"; fileinto :create :copy "New2";
#### create beside flags
fileinto :create :flags "\\Seen" "New"; 
#### the inbox exists
if mailboxexists "INBOX" { fileinto "1"; } if mailboxexists ["INBOX", "No such mailbox"] { fileinto "2"; }
#### no such mailbox
if not mailboxexists "No such mailbox" { fileinto :create "No such mailbox"; }
#### special use
fileinto :specialuse "\\Junk" "Spam";
#### special use in other case
fileinto :specialuse "\\JUNK" :create "Spam";
#### special use is nowhere
if specialuse_exists "\\Junk" { fileinto "1"; } if not specialuse_exists ["\\Junk", "\\Trash"] { fileinto "2"; }
#### special use of a mailbox
if specialuse_exists "INBOX" "\\Archive" { fileinto "1"; } else { fileinto "2"; }
#### not seen before
if duplicate { fileinto "1"; } else { fileinto "2"; }
#### not seen before under a name
if duplicate :handle "mine" { fileinto "1"; } if not duplicate :handle "other" :seconds 60 { fileinto "2"; }
#### not seen before by a field
if duplicate :header "subject" { fileinto "1"; } else { fileinto "2"; }
#### not seen before by a text
set "id" "x"; if duplicate :uniqueid "${id}" :seconds 3600 { discard; } else { keep; }
#### with the last one
if not duplicate :seconds 100 :last { fileinto "1"; }
