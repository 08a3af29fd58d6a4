CREATE TABLE `labels` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
