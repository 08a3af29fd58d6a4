CREATE TABLE `event_blocks` (
	`num` integer PRIMARY KEY NOT NULL,
	`time` integer NOT NULL,
	`tree_index` integer,
	`first_id` integer,
	`leaves` blob
);
--> statement-breakpoint
CREATE INDEX `event_blocks_by_time` ON `event_blocks` (`time`);--> statement-breakpoint
CREATE INDEX `event_blocks_by_tree_index` ON `event_blocks` (`tree_index`);--> statement-breakpoint
CREATE TABLE `event_tree` (
	`height` integer NOT NULL,
	`place` integer NOT NULL,
	`hash` blob NOT NULL,
	PRIMARY KEY(`height`, `place`)
);
--> statement-breakpoint
CREATE TABLE `event_types` (
	`id` integer PRIMARY KEY NOT NULL,
	`service` text NOT NULL,
	`event` text NOT NULL,
	`kind` text NOT NULL,
	`indexes` text NOT NULL,
	`source` text NOT NULL,
	`size_bytes` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `events` (
	`sequence` integer PRIMARY KEY NOT NULL,
	`type_id` integer NOT NULL,
	`transaction_id` blob NOT NULL,
	`data` blob NOT NULL,
	`merkle_id` integer,
	`merkle_index` integer,
	`index_0` blob,
	`index_1` blob,
	`index_2` blob,
	`index_3` blob,
	`index_4` blob,
	`index_5` blob,
	`index_6` blob,
	`index_7` blob
);
--> statement-breakpoint
CREATE INDEX `events_by_type` ON `events` (`type_id`);--> statement-breakpoint
CREATE INDEX `merkle_events_by_transaction` ON `events` (`transaction_id`) WHERE merkle_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `events_by_index_0` ON `events` (`type_id`,`index_0`) WHERE index_0 IS NOT NULL;--> statement-breakpoint
CREATE INDEX `events_by_index_1` ON `events` (`type_id`,`index_1`) WHERE index_1 IS NOT NULL;--> statement-breakpoint
CREATE INDEX `events_by_index_2` ON `events` (`type_id`,`index_2`) WHERE index_2 IS NOT NULL;--> statement-breakpoint
CREATE INDEX `events_by_index_3` ON `events` (`type_id`,`index_3`) WHERE index_3 IS NOT NULL;--> statement-breakpoint
CREATE INDEX `events_by_index_4` ON `events` (`type_id`,`index_4`) WHERE index_4 IS NOT NULL;--> statement-breakpoint
CREATE INDEX `events_by_index_5` ON `events` (`type_id`,`index_5`) WHERE index_5 IS NOT NULL;--> statement-breakpoint
CREATE INDEX `events_by_index_6` ON `events` (`type_id`,`index_6`) WHERE index_6 IS NOT NULL;--> statement-breakpoint
CREATE INDEX `events_by_index_7` ON `events` (`type_id`,`index_7`) WHERE index_7 IS NOT NULL;--> statement-breakpoint
CREATE TABLE `gaps` (
	`first` integer PRIMARY KEY NOT NULL,
	`last` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `marks` (
	`name` text PRIMARY KEY NOT NULL,
	`value` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `pruned` (
	`service` text PRIMARY KEY NOT NULL,
	`before` integer NOT NULL
);
