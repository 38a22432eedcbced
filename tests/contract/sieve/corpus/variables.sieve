require ["fileinto", "variables", "relational", "comparator-i;ascii-numeric", "encoded-character", "imap4flags"];
#### set
set "a" "text"; fileinto "${a}";
#### what was never set is empty
fileinto "[${none}]";
#### names in any case
set "Name" "x"; fileinto "${name}${NAME}${nAmE}";
#### set again
set "a" "1"; set "a" "${a}2"; set "a" "${a}${a}"; fileinto "${a}";
#### what is no reference stays
set "a" "x"; fileinto "$a ${ a} ${a ${a-b} $${a} ${} ${a}}";
#### references within references
set "a" "b"; set "b" "c"; fileinto "${${a}}";
#### lower and upper
set :lower "a" "MiXeD"; set :upper "b" "MiXeD"; fileinto "${a} ${b}";
#### first letters
set :lowerfirst "a" "MIXED"; set :upperfirst "b" "mixed"; fileinto "${a} ${b}";
#### both kinds of letters
set :upperfirst :lower "a" "mIXED"; set :lowerfirst :upper "b" "mIXED"; fileinto "${a} ${b}";
#### length
set :length "a" "hello"; set :length "b" ""; set :length :upper "c" "abc"; fileinto "${a} ${b} ${c}";
#### length of other scripts
set :length "a" "äöü"; set :upper "b" "äöü"; fileinto "${a} ${b}";
#### quotewildcard
set :quotewildcard "a" "a*b?c\\d"; fileinto "${a}"; if string :matches "xa*b?c\\d" "x${a}" { fileinto "yes"; }
#### quotewildcard and length
set :quotewildcard :length "a" "a*b"; fileinto "${a}";
#### string is
set "a" "text"; if string "${a}" "text" { fileinto "1"; } if string :is "${a}" ["x", "TEXT"] { fileinto "2"; } if string "${a}" "" { fileinto "3"; }
#### string of nothing
if string "${none}" "" { fileinto "1"; } if string :contains "${none}" "" { fileinto "2"; } if string :matches "" "*" { fileinto "3"; }
#### string matches
if string :matches "one two three" "* * *" { fileinto "${3}${2}${1}"; }
#### string of several
if string :is ["a", "b"] ["c", "b"] { fileinto "1"; } if string :contains ["abc", "def"] ["x", "e"] { fileinto "2"; }
#### string count
if string :count "eq" :comparator "i;ascii-numeric" ["a", "", "b"] "2" { fileinto "1"; } if string :count "eq" :comparator "i;ascii-numeric" "${none}" "0" { fileinto "2"; }
#### string value
if string :value "gt" :comparator "i;ascii-numeric" "10" "9" { fileinto "1"; } if string :value "gt" "10" "9" { fileinto "2"; }
#### texts of a match in a variable
if header :matches "subject" "*" { set "subject" "${1}"; } if header :matches "from" "*" { fileinto "${subject} from ${1}"; }
#### a match in a chain
if header :matches "subject" "re: *" { set "s" "${1}"; } elsif header :matches "subject" "fwd: *" { set "s" "f ${1}"; } else { set "s" "none"; } fileinto "${s}";
#### a match in allof
if allof (header :matches "from" "*@*", header :matches "subject" "*e*") { fileinto "${1}"; }
#### a match in anyof
if anyof (header :matches "subject" "re:*", header :matches "from" "*<*") { fileinto "[${1}]"; }
#### a match in not
if not header :matches "subject" "re: *" { fileinto "[${1}]"; }
#### matches with a variable
set "key" "*e*"; if header :matches "subject" "${key}" { fileinto "[${1}]"; }
#### fields from variables
set "field" "subject"; if header :contains "${field}" "e" { fileinto "1"; } if exists ["${field}", "from"] { fileinto "2"; }
#### counting by hand
set "n" ""; if exists "cc" { set "n" "${n}x"; } if exists "list-id" { set "n" "${n}x"; } if exists "to" { set "n" "${n}x"; } set :length "count" "${n}"; fileinto "${count}";
#### characters in hex
fileinto "${hex:41 42}${hex: 43 }${HEX:44}${hex:c3 a4}";
#### characters in Unicode
fileinto "${unicode:41 e4}${Unicode:1F600}${unicode: 0041}";
#### characters that are none
fileinto "${hex:4g}${hex:}${unicode:}${hex:123}";
#### characters in keys
if header :contains "subject" "${hex:65}" { fileinto "1"; } if header :contains "subject" "${unicode:fc}" { fileinto "2"; }
#### a long value
set "a" "0123456789"; set "a" "${a}${a}${a}${a}"; set "a" "${a}${a}${a}${a}"; set :length "n" "${a}"; fileinto "${n}";
#### flags by name
if header :matches "subject" "*" { set :lower "s" "${1}"; } if string :contains "${s}" "test" { addflag "test"; }
#### many texts of a match
if string :matches "a b c d e f g h i j k" "* * * * * * * * * *" { fileinto "${10}${9}${1}"; }
