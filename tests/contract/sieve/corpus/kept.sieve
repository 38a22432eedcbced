require ["fileinto", "reject", "vacation", "variables", "envelope", "imap4flags", "copy"];
#### reject
reject "not wanted";
#### vacation
vacation "I am away";
#### vacation with all it takes
vacation :days 3 :subject "Away" :from "me@example.org" :addresses ["me@example.org", "me2@example.org"] :handle "summer" text:
I am away.
.
;
#### vacation beside others
vacation "away"; fileinto "A"; redirect :copy "b@example.org";
#### vacation twice
vacation "away"; vacation "still away";
#### vacation and reject
vacation "away"; reject "no";
#### reject of some
if header :contains "subject" "re" { reject text:
Not wanted,
..neither this.
.
; } else { keep; }
#### reject and keep do not fit
reject "no"; keep;
#### file and reject do not fit
fileinto "A"; reject "no";
#### reject twice
reject "no"; reject "never";
#### reject and discard
reject "no"; discard;
#### reject and redirect
redirect "a@example.org"; reject "no";
#### redirect of some
if size :over 1K { redirect :copy "large@example.org"; } if exists "cc" { redirect "cc@example.org"; }
#### redirect to an address in a variable
set "to" "some@example.org"; redirect "${to}"; redirect :copy "x-${to}";
#### flags survive a break
addflag "a"; reject "no"; keep;
