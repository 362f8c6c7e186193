"""The dialogue: pure and synchronous. No I/O, no clock, no randomness; what it needs is given as arguments.

Read in this order: `facts` (the vocabulary), `catalogue` (what people are sent to), `conditions` (the `for:`
grammar), `routing` (facts to recommendations), `interview` (which question next), `understanding` (text to
facts), `hearing` (an event to a move), `dialogue` (the table of screens and moves), `engine` (one step),
`proof` (every path walked).
"""
