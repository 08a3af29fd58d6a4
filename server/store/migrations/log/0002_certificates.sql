CREATE TABLE `certificates` (
	`num` integer PRIMARY KEY NOT NULL,
	`is_change` integer NOT NULL,
	`checksum` blob NOT NULL,
	`header` blob NOT NULL,
	`certificate` blob NOT NULL
);
