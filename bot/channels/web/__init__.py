"""The web chat. A person's conversation is a page: what they send comes by POST, what they read by server-sent events.

`channel` lists the routes; `talk` is the conversation, `pages` everything around it; `visitor` says who asks, `guard`
whether they may; `view` turns the lines of a conversation into bubbles, `look` shows them by the templates.
"""
