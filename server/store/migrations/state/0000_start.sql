CREATE TABLE `applied` (
	`slot` integer PRIMARY KEY NOT NULL,
	`num` integer NOT NULL,
	`id` text NOT NULL,
	`time` integer NOT NULL,
	`state_root` text NOT NULL,
	`event_root` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `receipts` (
	`id` blob PRIMARY KEY NOT NULL,
	`block_num` integer NOT NULL,
	`expiration_seconds` integer NOT NULL,
	`bytes` blob NOT NULL
);
--> statement-breakpoint
CREATE INDEX `receipts_by_expiration` ON `receipts` (`expiration_seconds`);--> statement-breakpoint
CREATE TABLE `tree_nodes` (
	`path` blob PRIMARY KEY NOT NULL,
	`node` blob NOT NULL
);
