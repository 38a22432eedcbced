require ["fileinto", "body", "relational", "comparator-i;ascii-numeric", "variables"];
#### text
if body :contains "the" { fileinto "1"; } if body :text :contains ["invoice", "rechnung"] { fileinto "2"; }
#### text that is nowhere
if body :contains "no such text stands anywhere" { fileinto "1"; } if not body :contains "zzzzzzzz" { fileinto "2"; }
#### text, the empty key
if body :contains "" { fileinto "1"; } if body :text :is "" { fileinto "2"; }
#### raw
if body :raw :contains "the" { fileinto "1"; } if body :raw :contains "content-type:" { fileinto "2"; } if body :raw :matches "*http*" { fileinto "3"; }
#### raw of encoded parts
if body :raw :contains ["=20", "=C3", "=3D"] { fileinto "quoted-printable"; } if body :raw :contains "base64" { fileinto "base64"; }
#### content of a kind
if body :content "text" :contains "the" { fileinto "1"; } if body :content "image" :contains "" { fileinto "2"; } if body :content "application" :contains "" { fileinto "3"; }
#### content of a type
if body :content "text/plain" :contains "e" { fileinto "1"; } if body :content ["text/html", "text/enriched"] :contains "e" { fileinto "2"; }
#### content of every type
if body :content "" :contains "the" { fileinto "1"; }
#### content of no type
if body :content "text/" :contains "" { fileinto "1"; } if body :content "/plain" :contains "" { fileinto "2"; } if body :content "te" :contains "" { fileinto "3"; }
#### octets
if body :comparator "i;octet" :contains "The" { fileinto "1"; } if body :comparator "i;octet" :contains "THE" { fileinto "2"; }
#### matches sets no texts
if header :matches "subject" "*" { if body :matches "*e*" { fileinto "[${1}]"; } }
#### keys from variables
set "word" "the"; if body :contains "${word}" { fileinto "1"; } if body :contains ["${none}x${none}"] { fileinto "2"; }
#### words in other scripts
if body :contains ["ä", "ö", "ü", "ß"] { fileinto "1"; } if body :content "text/plain" :contains ["é", "è", "ñ"] { fileinto "2"; }
#### a body and a header
if allof (body :contains "http", header :contains "subject" "e") { fileinto "both"; } elsif body :contains "@" { fileinto "at"; }
#### texts around parts
if body :content "multipart" :contains ["MIME", "message", "ignored"] { fileinto "1"; } if body :content "multipart" :contains "" { fileinto "2"; } if body :content ["multipart/mixed", "multipart/related"] :is "" { fileinto "3"; }
#### count of parts
if body :content "" :count "gt" :comparator "i;ascii-numeric" "1" { fileinto "several"; } if body :content "multipart" :count "eq" :comparator "i;ascii-numeric" "1" { fileinto "one"; } if body :text :count "eq" :comparator "i;ascii-numeric" "2" { fileinto "two"; }
#### enclosed mail
if body :content "message/rfc822" :contains ["subject:", "from:"] { fileinto "1"; } if body :content "message" :contains "" { fileinto "2"; }
#### a key on two lines
if body :raw :contains "
--" { fileinto "1"; } if body :raw :contains text:

Content-Type
.
{ fileinto "2"; }
