"""Languages: German msgids out of code and content, translations from locales/, read by Babel."""
