require ["fileinto", "relational", "comparator-i;ascii-numeric", "subaddress", "envelope", "variables", "index"];
#### the whole address
if address :is :all "from" "ada@example.org" { fileinto "1"; } if address :all "to" ["ada@example.org", "user@example.com"] { fileinto "2"; }
#### all is what counts without a tag
if address :contains "from" "example" { fileinto "1"; } if address :matches "from" "*@*.*" { fileinto "[${1}][${2}][${3}]"; }
#### domain
if address :domain :is "from" ["example.org", "example.com"] { fileinto "1"; } if address :domain :contains "from" "." { fileinto "2"; }
#### domain, its parts
if address :domain :matches "from" "*.*" { fileinto "[${1}][${2}]"; }
#### localpart
if address :localpart :is "from" ["ada", "user", "info", "john"] { fileinto "1"; } if address :localpart :matches "from" "*" { fileinto "[${1}]"; }
#### localpart of machines
if address :localpart :matches "from" ["no?reply", "noreply", "*daemon*", "bounce*"] { fileinto "machine"; }
#### several fields
if address :contains ["to", "cc", "bcc"] "example.org" { fileinto "1"; } if address :domain :is ["from", "sender", "reply-to"] "example.com" { fileinto "2"; }
#### names are not looked at
if address :contains "from" " " { fileinto "blank"; } if address :contains "from" "\"" { fileinto "quote"; }
#### count of addresses
if address :count "gt" :comparator "i;ascii-numeric" "to" "1" { fileinto "several"; } if address :count "eq" :comparator "i;ascii-numeric" ["to", "cc"] "1" { fileinto "one"; }
#### value of addresses
if address :value "gt" "from" "m" { fileinto "gt"; } if address :domain :value "lt" "from" "f" { fileinto "lt"; }
#### user and detail
if address :user :is "to" "ada" { fileinto "1"; } if address :detail :matches "to" "*" { fileinto "[${1}]"; }
#### user of the sender
if address :user :matches "from" "*" { fileinto "[${1}]"; } if address :detail :is "from" "" { fileinto "2"; }
#### octets
if address :comparator "i;octet" :contains "from" "E" { fileinto "1"; } if address :comparator "i;octet" :domain :contains "from" "e" { fileinto "2"; }
#### an absent field
if address :contains "bcc" "" { fileinto "bcc"; } if address :matches "resent-from" "*" { fileinto "resent"; }
#### index of the field
if address :index 1 :domain :contains "to" "e" { fileinto "1"; } if address :index 2 :contains "to" "" { fileinto "2"; } if address :index 1 :last :matches "to" "*" { fileinto "[${1}]"; }
#### matches keeps texts of the first address
if address :matches "to" "*@*" { fileinto "[${1}][${2}]"; }
#### to me or in copy to me
if address :is "to" ["ada@example.org", "me@example.org"] { fileinto "to"; } elsif address :is "cc" "ada@example.org" { fileinto "cc"; } else { fileinto "other"; }
#### envelope from
if envelope :is "from" "sender@example.net" { fileinto "1"; } if envelope :domain "from" "example.net" { fileinto "2"; } if envelope :localpart :matches "from" "*" { fileinto "[${1}]"; }
#### envelope to
if envelope :is "to" "me+tag@example.org" { fileinto "1"; } if envelope :detail "to" "tag" { fileinto "2"; } if envelope :user "to" "me" { fileinto "3"; }
#### envelope of both
if envelope :contains ["from", "to"] "example" { fileinto "1"; } if envelope :count "eq" :comparator "i;ascii-numeric" ["from", "to"] "2" { fileinto "2"; }
#### envelope in other case
if envelope :all :is "FROM" "SENDER@EXAMPLE.NET" { fileinto "1"; } if envelope :all :comparator "i;octet" "From" "SENDER@example.net" { fileinto "2"; }
#### the detail chooses the mailbox
if envelope :matches :detail "to" "*" { fileinto "INBOX/${1}"; }
