require ["fileinto", "date", "relational", "comparator-i;ascii-numeric", "variables", "index"];
#### year
if date :is "date" "year" ["2006", "2010", "2025"] { fileinto "1"; } if date :zone "+0000" :matches "date" "year" "*" { fileinto "[${1}]"; }
#### month and day
if date :zone "+0000" :matches "date" "month" "*" { fileinto "[${1}]"; } if date :zone "+0000" :matches "date" "day" "*" { fileinto "[${1}]"; }
#### date
if date :zone "+0000" :matches "date" "date" "*" { fileinto "[${1}]"; } if date :value "ge" "date" "date" "2010-01-01" { fileinto "late"; }
#### time
if date :zone "+0000" :matches "date" "time" "*" { fileinto "[${1}]"; } if date :zone "+0130" :matches "date" "time" "*" { fileinto "[${1}]"; } if date :zone "-0800" :matches "date" "time" "*" { fileinto "[${1}]"; }
#### hour, minute, second
if date :zone "+0000" :matches "date" "hour" "*" { set "h" "${1}"; } if date :matches "date" "minute" "*" { set "m" "${1}"; } if date :matches "date" "second" "*" { fileinto "${h}:${m}:${1}"; }
#### julian
if date :zone "+0000" :matches "date" "julian" "*" { fileinto "[${1}]"; } if date :value "gt" :comparator "i;ascii-numeric" "date" "julian" "55000" { fileinto "gt"; }
#### iso8601
if date :zone "+0000" :matches "date" "iso8601" "*" { fileinto "[${1}]"; } if date :zone "+0530" :matches "date" "iso8601" "*" { fileinto "[${1}]"; } if date :zone "-0330" :matches "date" "iso8601" "*" { fileinto "[${1}]"; }
#### std11
if date :zone "+0000" :matches "date" "std11" "*" { fileinto "[${1}]"; } if date :originalzone :matches "date" "std11" "*" { fileinto "[${1}]"; }
#### zone
if date :originalzone :matches "date" "zone" "*" { fileinto "[${1}]"; } if date :matches "date" "zone" "*" { fileinto "local [${1}]"; } if date :zone "-0200" :is "date" "zone" "-0200" { fileinto "given"; }
#### weekday
if date :zone "+0000" :matches "date" "weekday" "*" { fileinto "[${1}]"; } if date :originalzone :is "date" "weekday" ["0", "6"] { fileinto "weekend"; }
#### at night
if date :originalzone :value "ge" "date" "hour" "22" { fileinto "late"; } elsif date :originalzone :value "lt" "date" "hour" "06" { fileinto "early"; } else { fileinto "day"; }
#### a part that nobody knows
if date :matches "date" "century" "*" { fileinto "1"; } if not date :is "date" "century" "" { fileinto "2"; }
#### names of parts in any case
if date :zone "+0000" :matches "date" "YEAR" "*" { fileinto "[${1}]"; } if date :zone "+0000" :matches "DATE" "Month" "*" { fileinto "[${1}]"; }
#### a zone that is none
if date :zone "nowhere" :matches "date" "hour" "*" { fileinto "[${1}]"; }
#### count
if date :count "eq" :comparator "i;ascii-numeric" "date" "year" "1" { fileinto "1"; } if date :count "eq" :comparator "i;ascii-numeric" "x-none" "year" "0" { fileinto "0"; }
#### a field without a date
if date :matches "subject" "year" "*" { fileinto "[${1}]"; } if date :matches "x-none" "year" "*" { fileinto "[${1}]"; }
#### the date behind a semicolon
if date :zone "+0000" :matches "received" "date" "*" { fileinto "[${1}]"; }
#### index
if date :index 1 :matches "received" "date" "*" { fileinto "1 [${1}]"; } if date :index 2 :matches "received" "date" "*" { fileinto "2 [${1}]"; } if date :index 1 :last :matches "received" "date" "*" { fileinto "last [${1}]"; }
#### now
if currentdate :value "ge" "year" "2020" { fileinto "1"; } if currentdate :value "lt" "date" "2020-01-01" { fileinto "2"; } if currentdate :zone "+0100" :is "zone" "+0100" { fileinto "3"; }
#### now and its kinds
if currentdate :matches "weekday" "?" { fileinto "1"; } if currentdate :matches "time" "??:??:??" { fileinto "2"; } if currentdate :matches "iso8601" "????-??-??T*" { fileinto "3"; }
#### on holiday
if allof (currentdate :value "ge" "date" "2007-06-30", currentdate :value "le" "date" "2007-07-07") { fileinto "away"; } else { keep; }
#### the mailbox of a month
if date :zone "+0000" :matches "date" "year" "*" { set "year" "${1}"; } if date :zone "+0000" :matches "date" "month" "*" { fileinto "Archive/${year}-${1}"; }
#### parts from variables
set "part" "year"; if date :zone "+0000" :matches "date" "${part}" "*" { fileinto "[${1}]"; }
