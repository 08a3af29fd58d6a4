CREATE TABLE `declared_services` (
	`service` text PRIMARY KEY NOT NULL,
	`revision` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `declared_tables` (
	`service` text NOT NULL,
	`number` integer NOT NULL,
	`columns` text NOT NULL,
	PRIMARY KEY(`service`, `number`)
);
