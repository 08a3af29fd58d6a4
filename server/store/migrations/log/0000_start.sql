CREATE TABLE `blocks` (
	`num` integer PRIMARY KEY NOT NULL,
	`term` integer NOT NULL,
	`id` blob NOT NULL,
	`checksum` blob NOT NULL,
	`bytes` blob NOT NULL
);
--> statement-breakpoint
CREATE TABLE `meta` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `repaired_blocks` (
	`num` integer PRIMARY KEY NOT NULL,
	`term` integer NOT NULL,
	`id` blob NOT NULL,
	`checksum` blob NOT NULL,
	`bytes` blob NOT NULL
);
--> statement-breakpoint
CREATE TABLE `vote` (
	`slot` integer PRIMARY KEY NOT NULL,
	`term` integer NOT NULL,
	`voted_for` text,
	`checksum` blob NOT NULL
);
