require ["fileinto", "relational", "comparator-i;ascii-numeric", "comparator-i;octet", "variables", "index"];
#### is
if header :is "subject" "hello" { fileinto "1"; } if header "subject" ["Hello World", "test"] { fileinto "2"; }
#### is, the empty key
if header :is "subject" "" { fileinto "empty subject"; } if header :is "x-none" "" { fileinto "absent"; }
#### contains
if header :contains "subject" "re" { fileinto "1"; } if header :contains "subject" ["invoice", "rechnung", "order"] { fileinto "2"; }
#### contains, the empty key is everywhere
if header :contains "subject" "" { fileinto "subject"; } if header :contains "x-none" "" { fileinto "absent"; }
#### contains with several fields
if header :contains ["from", "sender", "reply-to"] "example" { fileinto "1"; } if header :contains ["to", "cc"] ["ada", "bob", "list"] { fileinto "2"; }
#### case does not matter by default
if header :contains "Subject" "THE" { fileinto "1"; } if header :contains "SUBJECT" "tHe" { fileinto "2"; }
#### octets know case
if header :contains :comparator "i;octet" "subject" "the" { fileinto "1"; } if header :contains :comparator "i;octet" "subject" "The" { fileinto "2"; }
#### octets, whole
if header :is :comparator "i;octet" "mime-version" "1.0" { fileinto "1"; } if header :comparator "i;octet" :is "content-type" "text/plain" { fileinto "2"; }
#### matches with a star
if header :matches "subject" "Re: *" { fileinto "1"; } if header :matches "subject" "*: *" { fileinto "2"; } if header :matches "subject" "*" { fileinto "3"; }
#### matches with question marks
if header :matches "subject" "????" { fileinto "1"; } if header :matches "subject" "?*" { fileinto "2"; } if header :matches "subject" "*?e*" { fileinto "3"; }
#### matches with escaped wildcards
if header :matches "subject" "*\\**" { fileinto "star"; } if header :matches "subject" "*\\?*" { fileinto "question"; } if header :matches "subject" "*\\\\*" { fileinto "slash"; }
#### matches keeps its texts
if header :matches "subject" "*e*" { fileinto "[${1}][${2}]"; }
#### matches keeps the shortest texts
if header :matches "subject" "*e*e*" { fileinto "[${1}][${2}][${3}]"; }
#### matches keeps single characters
if header :matches "subject" "*??? *" { fileinto "[${1}][${2}][${3}][${4}][${5}]"; }
#### matches an address
if header :matches "from" "*@*" { fileinto "[${1}]"; } if header :matches "from" "*<*>*" { fileinto "[${2}]"; }
#### matches the last piece
if header :matches "subject" "*t" { fileinto "[${1}]"; } if header :matches "subject" "*s" { fileinto "[${1}]"; }
#### matches two stars in a row
if header :matches "subject" "**" { fileinto "[${1}][${2}]"; } if header :matches "subject" "a**b" { fileinto "ab"; }
#### matches a star before a mark
if header :matches "message-id" "*?" { fileinto "[${1}][${2}]"; }
#### matches a piece that comes twice
if header :matches "message-id" "<*.*@*>" { fileinto "[${1}][${2}][${3}]"; }
#### matches with octets
if header :matches :comparator "i;octet" "subject" "*E*" { fileinto "[${1}]"; }
#### matches the empty text
if header :matches "subject" "" { fileinto "empty"; } if header :matches "x-none" "*" { fileinto "absent"; }
#### the first value that fits decides
if header :matches ["x-none", "to", "from"] "*@*" { fileinto "[${1}]"; }
#### a failed match keeps the texts before it
if header :matches "subject" "*" { if header :matches "subject" "no such subject" { stop; } fileinto "[${1}]"; }
#### text beyond the match variables
if header :matches "x-priority" "*" { fileinto "[${0}][${1}][${2}][${9}]"; }
#### exists
if exists "cc" { fileinto "1"; } if exists ["from", "to"] { fileinto "2"; } if exists ["from", "x-none"] { fileinto "3"; }
#### exists of fields that are rare
if exists "list-unsubscribe" { fileinto "1"; } if exists "in-reply-to" { fileinto "2"; } if exists "received" { fileinto "3"; } if exists "content-type" { fileinto "4"; }
#### size over
if size :over 500 { fileinto "500"; } if size :over 1K { fileinto "1K"; } if size :over 10K { fileinto "10K"; } if size :over 1M { fileinto "1M"; }
#### size under
if size :under 300 { fileinto "300"; } if size :under 2K { fileinto "2K"; } if size :under 5000 { fileinto "5000"; }
#### size between
if allof (size :over 600, size :under 6000) { fileinto "between"; } if anyof (size :over 0, size :under 0) { fileinto "any"; }
#### size in other units
if size :over 1k { fileinto "k"; } if not size :under 1G { fileinto "G"; } if size :under 1m { fileinto "m"; }
#### count
if header :count "ge" :comparator "i;ascii-numeric" "received" "3" { fileinto "3"; } if header :count "eq" :comparator "i;ascii-numeric" "received" "0" { fileinto "0"; }
#### count over several fields
if header :count "gt" :comparator "i;ascii-numeric" ["to", "cc", "from"] "2" { fileinto "gt"; } if header :count "lt" :comparator "i;ascii-numeric" ["to", "cc", "from"] ["1", "2"] { fileinto "lt"; }
#### count as a text
if header :count "ge" "received" "2" { fileinto "ge"; } if header :count "ne" "to" "1" { fileinto "ne"; }
#### value of texts
if header :value "gt" "subject" "m" { fileinto "gt m"; } if header :value "lt" "subject" "m" { fileinto "lt m"; } if header :value "ne" "subject" "test" { fileinto "ne"; }
#### value of octets
if header :value "ge" :comparator "i;octet" "subject" "a" { fileinto "ge a"; } if header :value "le" :comparator "i;octet" "subject" "Z" { fileinto "le Z"; }
#### value of numbers
if header :value "ge" :comparator "i;ascii-numeric" "x-priority" "3" { fileinto "ge 3"; } if header :value "lt" :comparator "i;ascii-numeric" "x-priority" "3" { fileinto "lt 3"; }
#### numbers are equal whatever their zeros
if header :is :comparator "i;ascii-numeric" "x-priority" "003" { fileinto "3"; } if header :is :comparator "i;ascii-numeric" "mime-version" "1" { fileinto "1"; }
#### what is no number is above all numbers
if header :value "gt" :comparator "i;ascii-numeric" "subject" "99999999999999999999999" { fileinto "above"; } if header :is :comparator "i;ascii-numeric" "subject" "x" { fileinto "equal"; }
#### relations
if header :value "eq" "mime-version" "1.0" { fileinto "eq"; } if header :value "le" "mime-version" "1.0" { fileinto "le"; } if header :value "gt" "mime-version" "1.0" { fileinto "gt"; }
#### index over several fields
if header :index 2 :contains ["to", "cc", "from"] "" { fileinto "2"; } if header :index 1 :last :matches ["from", "subject"] "*" { fileinto "last"; }
#### one of several keys
if header :value "lt" "subject" ["a", "b", "z"] { fileinto "lt"; }
#### index
if header :index 1 :contains "received" "by" { fileinto "1"; } if header :index 2 :contains "received" "by" { fileinto "2"; } if header :index 5 :contains "received" "" { fileinto "5"; }
#### index from the end
if header :index 1 :last :contains "received" "from" { fileinto "1"; } if header :last :index 2 :contains "received" "from" { fileinto "2"; }
#### blanks at the ends
if header :matches "subject" " *" { fileinto "before"; } if header :matches "subject" "* " { fileinto "after"; }
#### folded fields
if header :matches "content-type" "*boundary*" { fileinto "boundary"; } if header :contains "content-type" "; " { fileinto "blank"; }
#### words in other scripts
if header :contains "subject" ["ä", "ö", "ü", "ß", "é", "日"] { fileinto "1"; } if header :contains "from" ["ä", "ö", "ü", "é"] { fileinto "2"; }
#### a field's name that nobody can write
if header :contains "x y" "" { fileinto "1"; } if exists "a:b" { fileinto "2"; }
#### mailing lists
if header :contains ["list-id", "list-post", "mailing-list"] "" { fileinto "list"; } elsif header :contains "precedence" ["bulk", "list", "junk"] { fileinto "bulk"; }
#### spam that a server found
if anyof (header :is "x-spam-flag" "yes", header :contains "x-spam-status" "yes", header :matches "x-spam-level" "*\\*\\*\\*\\*\\**") { fileinto "Junk"; stop; }
#### newsletters
if allof (exists "list-unsubscribe", not header :contains "subject" ["invoice", "rechnung", "receipt"]) { fileinto "Newsletter"; }
#### notes of machines
if anyof (header :is "auto-submitted" ["auto-generated", "auto-replied"], header :contains "from" ["no-reply", "noreply", "daemon"]) { fileinto "machines"; }
#### the subject's tag becomes a mailbox
if header :matches "subject" "*[*]*" { fileinto "lists/${2}"; }
#### octets for wildcards
if header :matches "subject" ["????", "?????"] { fileinto "4"; } if header :matches "subject" "*?? *?" { fileinto "2"; } if header :matches "from" ["*ü??*e", "*?? <?*?@*"] { fileinto "ü"; }
#### halves of letters
if header :matches "subject" "*????? *" { set "head" "${2}${3}${4}${5}${6}"; if header :contains "subject" "${head}" { fileinto "again"; } set :length "n" "${head}"; }
#### half a letter is no name
if string :matches "ä" "?*" { fileinto "${1}"; }
#### both halves are a letter
if string :matches "äb" "??*" { fileinto "${1}${2}-${3}"; }
#### text in capitals and octets
if header :matches :comparator "i;octet" "subject" "*[A-Z]?*" { fileinto "1"; } if header :matches :comparator "i;ascii-casemap" "subject" "*?E*" { fileinto "[${1}][${2}]"; }
