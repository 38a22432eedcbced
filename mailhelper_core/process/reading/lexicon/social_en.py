"""English cues of mail from social networks, by topic."""

from __future__ import annotations

CUES: dict[str, str] = {
    "follower": (
        "follower!, followers!, new follower, new followers, followed you, is following you, is now following, "
        "are now following, started following, started to follow, follows you, following you, follow back, "
        "subscribed to you, new subscriber, new subscribers, follow them, who to follow, accounts to follow, "
        "your reach"
    ),
    "contact-request": (
        "friend request, friend requests, contact request, connection request, wants to connect, "
        "would like to connect, wants to be friends, like to connect, like to add you, add you to, connect with, "
        "connect with you, wants to add you, accept the request, accept invitation, accept request, view the request, "
        "confirm request, view invitation, connections!, connection, new connection, new connections, mutual friends, "
        "mutual connections, in common, friends, people you may know, you may know, do you know, your network, "
        "my network, network!, grow your network, professional network, accepted your, is now a connection, "
        "find friends"
    ),
    "group": (
        "group!, groups!, your group, in the group, your groups, new posts, new post in, posted in, posted!, posts!, "
        "post, new members, join the group, joined the group, requested to join, community!, communities!, forum!, "
        "discussion!, discussions!, thread, join the discussion, join the conversation, join in, "
        "started a discussion, neighborhood!, neighbourhood!, neighbors, channel, what you missed, "
        "here's what you missed, you missed, popular posts, popular in, active discussions, topics you follow, "
        "see what's happening"
    ),
    "reaction": (
        "liked!, liked your, likes your, likes!, like, loved your, reacted!, reacted to, reaction!, reactions!, "
        "commented!, commented on your, replied to your, reply to your comment, your comment, comments!, your post, "
        "your posts, your photo, your photos, your video, your status, your update, mentioned you, mentions!, "
        "tagged!, tagged you, tagged you in, retweet*!, reposted!, reshared!, shared your, upvoted!, upvotes!, story, "
        "stories, added a photo, added new photos, new photo, new photos, timeline!, newsfeed!, feed, memories, "
        "congratulate!, say congrats, work anniversary, has a birthday, birthday today, new position, new job, badge"
    ),
    "chat": (
        "sent you a message, new message from, you have a new message, you have new messages, unread messages, "
        "unread message, direct message, direct messages, message request, view message, read message, "
        "reply to message, chat, waiting for your reply, inmail!, poked you, new match, nudge, dm"
    ),
    "profile": (
        "profile!, your profile, profile views, viewed your profile, visited your profile, looked at your profile, "
        "view profile, see the profile, view his profile, view her profile, see profile, complete your profile, "
        "appeared in, search appearances, endorsed!, endorsed you, endorsement!, recommended you, skills, "
        "recommended for you, suggested for you, suggestions for you, jobs for you, jobs you may, trending!, "
        "trending now, for you, popular near you, profile picture"
    ),
}
