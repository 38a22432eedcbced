"""English cues of what people write to each other, by topic."""

from __future__ import annotations

CUES: dict[str, str] = {
    "private-letter": (
        "mum!, mom!, dad!, grandma!, grandpa!, granny!, auntie!, uncle, sister, brother, my wife, my husband, "
        "the kids, kids, my son, my daughter, family, the weekend, last weekend, next weekend, this weekend, "
        "over the weekend, how are you, how are things, how's it going, how have you been, how was your, "
        "how did it go, hope you are, hope you're, hope all is well, hope this finds you, long time no see, get well, "
        "feeling better, all the best, best wishes, love, lots of love, hugs!, hug, xx, xoxo!, cheers, take care, "
        "see you, see you soon, see you then, talk soon, speak soon, miss you, thinking of you, give my love, say hi, "
        "say hello, i was thinking, guess what, by the way, you know, remember when, do you remember, finally, "
        "yesterday, the other day, i finally, i just, i've been, i have been, we went, we had, we are going, i love, "
        "i'd love, would love, let's, shall we, do you fancy, fancy a, are you around, are you free, give me a call, "
        "call me, give me a ring, text me, pop round, drop by, swing by, coffee, walk, hike, hiking!, garden, "
        "holiday, recipe!, cake, playground!, school, nursery, doctor, ill, moving house, cat, dog, borrow!, "
        "borrowed!, lend!, photos, pictures from"
    ),
    "work-letter": (
        "colleague, colleagues, as discussed, as agreed, as requested, per our, as promised, please find, "
        "please find attached, find attached, i've attached, i have attached, attached is, attached you, draft!, "
        "proposal, presentation!, slides!, deck, the project, project, client, the client, customer, contract, "
        "any questions, if you have any questions, happy to, feel free, please let me know, let me know, "
        "kind regards, best regards, regards, sincerely, yours sincerely, yours faithfully, dear sir, dear mr, "
        "dear ms, dear mrs, i am writing, i'm writing, i wanted to, i would like to, could you, could you please, "
        "can you, can you please, would you, would you mind, would it be possible, send me, get back to me, "
        "get back to you, your input, your comments, have a look, take a look, look over, proofread!, by when, "
        "timeline, deadline, budget, quote, my cv, resume, application, interview, suggestion, i suggest, i propose, "
        "in my opinion, i think, i believe, i'd say, i need, i have, i will, i'll, we should, we could, we need to, "
        "we have to, team, department, office, did you, have you, do you have, do you know"
    ),
    "answering": (
        "thanks for your, thank you for your email, thank you for your message, thanks for your message, "
        "thanks for the quick, quick reply, quick response, thanks for getting back, thanks for letting me know, "
        "thanks for sending, thanks a lot, your email, your mail, your question, to answer your, in answer to, "
        "as you say, as you said, as you wrote, you wrote, you mentioned, i agree, agreed!, i disagree, you're right, "
        "you are right, good point, fair point, makes sense, sounds good, sounds great, sounds fine, works for me, "
        "that works, fine with me, fine by me, perfect, great idea, good idea, no problem, no worries, of course, "
        "sure, sorry, sorry for the, sorry for the late, i'm sorry, i'm afraid, unfortunately, got it, understood, "
        "will do, done, i'll take, i'll look, i'll check, i'll have, one more thing, one more question, like i said, "
        "as i said, not sure, i don't know, no idea, same here, me too, same for me, plus one, does anyone, "
        "has anyone, anyone know, anybody, hi all, hello everyone, hi everyone, works here, tried that, "
        "on my machine, why not"
    ),
}
