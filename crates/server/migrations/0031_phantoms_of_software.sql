-- Earlier versions left rows that no finding names any more and no scan has found.
DELETE FROM software WHERE finding_count <= 0 AND scanned = 0;
