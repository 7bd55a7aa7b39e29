BEGIN;
--
-- Create model RequestWindow
--
CREATE TABLE "accounts_requestwindow" ("key" varchar(100) COLLATE "C" NOT NULL PRIMARY KEY, "ends_at" timestamp with time zone NOT NULL, "count" integer NOT NULL);
--
-- Create model TryWindow
--
CREATE TABLE "accounts_trywindow" ("key" varchar(100) COLLATE "C" NOT NULL PRIMARY KEY, "ends_at" timestamp with time zone NOT NULL, "count" integer NOT NULL);
--
-- Raw SQL operation
--
ALTER TABLE accounts_requestwindow SET UNLOGGED;
CREATE INDEX "accounts_requestwindow_key_69dc4d7e_like" ON "accounts_requestwindow" ("key" varchar_pattern_ops);
CREATE INDEX "request_windows_end" ON "accounts_requestwindow" ("ends_at");
CREATE INDEX "accounts_trywindow_key_68df2203_like" ON "accounts_trywindow" ("key" varchar_pattern_ops);
CREATE INDEX "try_windows_end" ON "accounts_trywindow" ("ends_at");
COMMIT;
