"""Publications, sheets, figures, sentences, links, embeddings, index versions, queries and hits."""
