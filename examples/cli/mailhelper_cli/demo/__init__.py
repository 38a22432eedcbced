"""The parts of `mailhelper demo`: its rules, a second pair of eyes on the server, and what a person is told."""
