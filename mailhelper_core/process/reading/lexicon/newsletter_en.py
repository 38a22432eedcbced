"""English cues of mail to many readers, by topic."""

from __future__ import annotations

CUES: dict[str, str] = {
    "issue": (
        "newsletter!, newsletters!, this week, this month, weekly!, weekly digest, daily digest, monthly digest, "
        "digest!, roundup!, round up, recap!, edition!, issue no, this issue, in this issue, latest issue, "
        "inside this issue, editorial!, editor's note, editors, dear reader, dear readers, readers!, subscribers!, "
        "read more, read on, read the full, full story, keep reading, continue reading, read the article, "
        "read the post, learn more, find out more, more on this, long read, must read, what we're reading, "
        "top stories, headlines!, top story, the latest, latest news, news, in the news, news from, featured, "
        "feature, from the blog, on the blog, new post, blog post, new article, podcast!, episode!, listen now, "
        "watch now, interview with, opinion, column, picks, our picks, staff picks, highlights!, trends, insights!, "
        "briefing!, magazine!, what's on, happenings, spotlight!, curated!"
    ),
    "offers": (
        "sale!, big sale, sales, off everything, percent off, off your, off all, save up to, up to ... off, save, "
        "savings, discount!, discounts!, discounted!, discount code, promo!, promo code, promotion!, voucher!, "
        "coupon!, code at checkout, use code, offer!, offers!, special offer, exclusive offer, limited offer, "
        "limited time, for a limited time, while stocks last, while supplies last, ends tonight, ends soon, "
        "ends sunday, last chance, don't miss, don't miss out, hurry!, today only, this weekend only, only until, "
        "free shipping, free delivery, free gift, freebies!, shop now, shop the, shop all, buy now, order now, "
        "book now, get yours, grab, bargain!, bargains!, deal!, deals!, lowest prices, great prices, best price, "
        "prices from, from only, new arrivals, new in, just landed, new collection, collection!, bestsellers!, "
        "best sellers, must haves, early bird, last minute, getaway!, getaways!, holiday deals, summer sale, "
        "winter sale, spring sale, clearance!, giveaway!, win a, prize draw, rewards!, points, loyalty, perks!, "
        "member exclusive, treat yourself, black friday, cyber monday, half price, two for one, exclusive*"
    ),
    "club-news": (
        "dear members, dear member, dear friends, dear supporters, dear all, members!, membership!, committee!, "
        "club!, our club, society!, association!, annual general meeting, agm!, volunteers!, volunteer!, "
        "volunteering!, fundraising!, fundraiser!, fixtures!, season, training times, clubhouse!, parish!, "
        "congregation!, choir, chapter, community, events calendar, upcoming events, dates for your diary, "
        "from the board, board news, news from the, tournament!, charity!, our work, thanks to your support"
    ),
    "product-news": (
        "new features, new feature, feature update, product update, product updates, release notes, what's new, "
        "introducing!, announcing!, now available, meet the new, we've launched, just launched, launch!, "
        "improvements!, improved, upgrade, tips and tricks, tips for, how to, tutorial!, guide to, webinar!, "
        "webinars!, case study, whitepaper!, white paper, ebook!, free guide, get started, getting started, "
        "make the most, discover!, explore!, roadmap!, beta, changelog!, free trial, try it free, for teams, "
        "integrations!"
    ),
    "list-footer": (
        "unsubscribe!, unsubscribed!, to unsubscribe, manage preferences, email preferences, update your preferences, "
        "manage your subscription, subscription preferences, you are receiving this, you're receiving this, "
        "you received this, why did i get this, because you signed up, because you subscribed, because you are a, "
        "opt out, no longer wish, stop receiving, view in browser, view in your browser, view online, "
        "view this email, having trouble viewing, web version, online version, all rights reserved, privacy policy, "
        "follow us, forward to a friend, add us to your address book, mailing list, sent to, our mailing address"
    ),
}
