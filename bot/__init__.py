"""The shell around the dialogue: content, languages, rendering, channels, checks, the command line."""
