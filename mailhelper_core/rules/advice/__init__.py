"""What is wrong with rules, and which ones the owner might want: findings and suggestions; all but `review` is pure."""
