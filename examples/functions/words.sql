-- The words of lines, the most frequent one of each book, and its initial.
CREATE TEMPORARY FUNCTION words AS 'words.words' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION most_frequent AS 'words.most_frequent' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION initials AS 'words.initials' LANGUAGE PYTHON;

CREATE TEMPORARY VIEW lines AS
SELECT * FROM (VALUES ('Mill', 'to and fro and to'), ('Mill', 'to the mill'), ('Blank', '')) AS t(book, line);

SELECT book, most_frequent(word) AS word, initials(most_frequent(word)) AS letter, COUNT(word) AS n
FROM lines LEFT JOIN LATERAL TABLE(words(line)) AS w(word, place) ON TRUE
GROUP BY book
ORDER BY book;
