//! ziver-trie
