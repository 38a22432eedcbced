#### a command that nobody knows
bogus;
#### a test that nobody knows
if bogus { keep; }
#### fileinto that was not required
fileinto "A";
#### an extension that nobody knows
require "no-such-extension";
#### require too late
keep; require "fileinto";
#### require in a block
if true { require "fileinto"; }
#### else without if
else { keep; }
#### elsif behind another command
if true { keep; } keep; elsif true { keep; }
#### else twice
if true { keep; } else { keep; } else { keep; }
#### if without a test
if { keep; }
#### if without a block
if true;
#### if with two tests
if (true, false) { keep; }
#### not with a list
if not (true) { keep; }
#### allof without parentheses
if allof true { keep; }
#### a test as a command
true;
#### a missing semicolon
keep
#### a missing brace
if true { keep;
#### a brace too many
if true { keep; } }
#### a string without end
fileinto "A;
#### a comment without end
keep; /* here
#### a text without end
require "reject"; reject text:
no
#### a list without end
require ["fileinto"; keep;
#### an empty list
if header [] "a" { keep; }
#### a list with a comma too many
if header ["a",] "b" { keep; }
#### an argument too many
keep "x";
#### an argument too few
if header "subject" { keep; }
#### a number for a string
require "fileinto"; fileinto 5;
#### a string for a number
if size :over "5" { keep; }
#### a list for a string
redirect ["a@example.org"];
#### a tag that nobody knows
if header :bogus "subject" "x" { keep; }
#### two match types
if header :is :contains "subject" "x" { keep; }
#### two address parts
if address :all :domain "from" "x" { keep; }
#### a tag twice
require ["fileinto", "imap4flags"]; fileinto :flags "a" :flags "b" "A";
#### a tag behind a string
if header "subject" :is "x" { keep; }
#### size without its tag
if size 100 { keep; }
#### size with both tags
if size :over 100 :under 200 { keep; }
#### a comparator that nobody knows
if header :comparator "i;bogus" "subject" "x" { keep; }
#### a comparator that was not required
if header :comparator "i;ascii-numeric" "subject" "1" { keep; }
#### numbers have no parts
require "comparator-i;ascii-numeric"; if header :comparator "i;ascii-numeric" :contains "subject" "1" { keep; }
#### count that was not required
if header :count "eq" "subject" "1" { keep; }
#### a relation that nobody knows
require "relational"; if header :count "xx" "subject" "1" { keep; }
#### copy that was not required
require "fileinto"; fileinto :copy "A";
#### flags that were not required
keep :flags "a";
#### create that was not required
require "fileinto"; fileinto :create "A";
#### set that was not required
set "a" "b";
#### a name that is none
require "variables"; set "1a" "b";
#### a match variable is not to be set
require "variables"; set "1" "b";
#### two modifiers of a kind
require "variables"; set :lower :upper "a" "b";
#### a relation in capitals
require "relational"; if header :value "GE" "subject" "b" { keep; }
#### an address in a field without addresses
if address "subject" "x" { keep; }
#### an envelope without that part
require "envelope"; if envelope "bogus" "x" { keep; }
#### no address to redirect to
redirect "not an address";
#### an expression that nobody can read
require "regex"; if header :regex "subject" "a(b" { keep; }
#### an expression with a bracket open
require "regex"; if header :regex "subject" "[a" { keep; }
#### a block where none stands
keep { keep; }
#### stop with an argument
stop "now";
#### a character that means nothing
keep; ?
#### a flag variable without variables
require "imap4flags"; addflag "name" "flag";
#### index without last
require "index"; if header :last "subject" "x" { keep; }
#### duplicate by two ids
require "duplicate"; if duplicate :header "a" :uniqueid "b" { keep; }
#### two kinds of body
require "body"; if body :raw :text "a" { keep; }
#### two zones
require "date"; if date :zone "+0000" :originalzone "date" "year" "2020" { keep; }
