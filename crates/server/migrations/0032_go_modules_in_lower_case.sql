-- Modules are found by their paths in lower case too, as package URLs have them.
INSERT INTO advisory_package (ecosystem, name, advisory)
SELECT ecosystem, LOWER(name), advisory FROM advisory_package WHERE ecosystem = 'Go' AND name <> LOWER(name)
ON CONFLICT DO NOTHING;
