"""The words of the screens in Chinese and English, and the glossary."""
