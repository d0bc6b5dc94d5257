-- Which update of a stack an event is of is found by the times of all its updates, by their names.
DROP INDEX deployment_unfinished;
