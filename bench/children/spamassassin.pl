#!/usr/bin/perl
# Train SpamAssassin's Bayes on the files that FOLDER/ham and FOLDER/spam name, and print its probability for each of
# those that FOLDER/new names; no network, no rules.
use strict;
use warnings;
use Mail::SpamAssassin;

my $folder = $ARGV[0];
my $sa = Mail::SpamAssassin->new({
    local_tests_only => 1, dont_copy_prefs => 1, userstate_dir => "$folder/state", rules_filename => "/nonexistent",
    site_rules_filename => "/nonexistent", userprefs_filename => "/nonexistent",
    config_text => "loadplugin Mail::SpamAssassin::Plugin::Bayes\nuse_bayes 1\nbayes_path $folder/bayes\n"
        . "util_rb_tld com net org edu gov mil int info biz us uk de fr nl ie it es ca au jp cn kr tw hk in br ru tv cc ws\n"
        . "bayes_auto_learn 0\nbayes_learn_to_journal 0\nlock_method flock\n",
});
$sa->init(1);

sub listed { open my $in, '<', "$folder/$_[0]" or die; chomp(my @paths = <$in>); return @paths }
sub mail { open my $in, '<', $_[0] or die; local $/; return $sa->parse(scalar <$in>) }

for my $kind ('ham', 'spam') {
    for my $path (listed($kind)) {
        my $mail = mail($path);
        $sa->learn($mail, undef, $kind eq 'spam', 0)->finish;
        $mail->finish;
    }
}
my ($bayes) = grep { ref eq 'Mail::SpamAssassin::Plugin::Bayes' } @{ $sa->{plugins}->{plugins} };
for my $path (listed('new')) {
    my $mail = mail($path);
    my $status = Mail::SpamAssassin::PerMsgStatus->new($sa, $mail);
    my $found = $bayes->scan($status, $mail);
    print defined $found ? $found : 0.5, "\n";
    $status->finish;
    $mail->finish;
}
