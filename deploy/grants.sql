-- Users for AI IPC, each with the rights it needs and no other. Load it as the administrator of the database server:
--   1. `ai-ipc migrate`, run as an administrator or as any user with all rights on the database: rights on a table or a
--      view can only be given once it is there. (Without ai-ipc: load sql-files/ai_ipc_tables.sql and ai_ipc_views.sql.)
--   2. In a copy of this file: each {{…}} becomes a password in quotes; `ragnarok` becomes the name of your database;
--      'localhost' becomes the host from which that user connects. A {{…}} that was forgotten is an error, never a password.
--   3. sudo mariadb < the-copy.sql, and then delete the copy: it holds passwords.
-- Load it again as often as you like: users that are there keep their passwords.
--
-- What this cannot do: a user with rights on the whole database, such as the one of a usual rAthena installation
-- (GRANT … ON `ragnarok`.*), has them on these tables too, and no rights on single tables take that away. That user
-- can be the game's user here as it is. Only a user of its own is kept to these tables.

-- For `ai-ipc migrate`. The procedure and the event belong to the database, not to a table: those rights cannot be
-- narrower. Leave EVENT or CREATE ROUTINE out if you like: migrate says so and goes on, and the worker cleans up.
-- The procedure works with the rights of whoever calls it, the event with those of this user: if you drop the user,
-- the event fails until you DROP it and run `ai-ipc migrate` as another one.
CREATE USER IF NOT EXISTS 'ai_ipc_migrate'@'localhost' IDENTIFIED BY {{PASSWORD_OF_MIGRATE}};
GRANT CREATE ROUTINE, ALTER ROUTINE, EXECUTE, EVENT ON `ragnarok`.* TO 'ai_ipc_migrate'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES
   ON `ragnarok`.`ai_requests` TO 'ai_ipc_migrate'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES
   ON `ragnarok`.`ai_responses` TO 'ai_ipc_migrate'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES
   ON `ragnarok`.`ai_request_log` TO 'ai_ipc_migrate'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES
   ON `ragnarok`.`ai_workers` TO 'ai_ipc_migrate'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES
   ON `ragnarok`.`ai_ipc_meta` TO 'ai_ipc_migrate'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES
   ON `ragnarok`.`ai_npc_memory` TO 'ai_ipc_migrate'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES
   ON `ragnarok`.`ai_npc_budget` TO 'ai_ipc_migrate'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES
   ON `ragnarok`.`ai_npc_words` TO 'ai_ipc_migrate'@'localhost';
GRANT SELECT, CREATE, CREATE VIEW, SHOW VIEW, DROP ON `ragnarok`.`ai_v_queue` TO 'ai_ipc_migrate'@'localhost';
GRANT SELECT, CREATE, CREATE VIEW, SHOW VIEW, DROP ON `ragnarok`.`ai_v_last_hour` TO 'ai_ipc_migrate'@'localhost';
GRANT SELECT, CREATE, CREATE VIEW, SHOW VIEW, DROP ON `ragnarok`.`ai_v_by_npc` TO 'ai_ipc_migrate'@'localhost';
GRANT SELECT, CREATE, CREATE VIEW, SHOW VIEW, DROP ON `ragnarok`.`ai_v_stuck` TO 'ai_ipc_migrate'@'localhost';

-- For `ai-ipc worker` and, where its NPCs remember players, `ai-ipc service`.
CREATE USER IF NOT EXISTS 'ai_ipc_worker'@'localhost' IDENTIFIED BY {{PASSWORD_OF_WORKER}};
GRANT SELECT, INSERT, UPDATE, DELETE ON `ragnarok`.`ai_requests` TO 'ai_ipc_worker'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON `ragnarok`.`ai_responses` TO 'ai_ipc_worker'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON `ragnarok`.`ai_request_log` TO 'ai_ipc_worker'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON `ragnarok`.`ai_workers` TO 'ai_ipc_worker'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON `ragnarok`.`ai_ipc_meta` TO 'ai_ipc_worker'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON `ragnarok`.`ai_npc_memory` TO 'ai_ipc_worker'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON `ragnarok`.`ai_npc_budget` TO 'ai_ipc_worker'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON `ragnarok`.`ai_npc_words` TO 'ai_ipc_worker'@'localhost';

-- For whoever asks: a game server, a program with the client, `ai-ipc request` and its kind. It writes requests (cancel
-- changes them, cleanup deletes them with their responses), reads responses, and sees which workers live. Cancel and
-- cleanup leave a row in the log, which this user cannot read.
CREATE USER IF NOT EXISTS 'ai_ipc_game'@'localhost' IDENTIFIED BY {{PASSWORD_OF_GAME}};
GRANT SELECT, INSERT, UPDATE, DELETE ON `ragnarok`.`ai_requests` TO 'ai_ipc_game'@'localhost';
GRANT SELECT ON `ragnarok`.`ai_responses` TO 'ai_ipc_game'@'localhost';
GRANT INSERT ON `ragnarok`.`ai_request_log` TO 'ai_ipc_game'@'localhost';
GRANT SELECT ON `ragnarok`.`ai_workers` TO 'ai_ipc_game'@'localhost';
GRANT SELECT ON `ragnarok`.`ai_ipc_meta` TO 'ai_ipc_game'@'localhost';

-- For monitoring. It reads what players said.
CREATE USER IF NOT EXISTS 'ai_ipc_readonly'@'localhost' IDENTIFIED BY {{PASSWORD_OF_READONLY}};
GRANT SELECT ON `ragnarok`.`ai_requests` TO 'ai_ipc_readonly'@'localhost';
GRANT SELECT ON `ragnarok`.`ai_responses` TO 'ai_ipc_readonly'@'localhost';
GRANT SELECT ON `ragnarok`.`ai_request_log` TO 'ai_ipc_readonly'@'localhost';
GRANT SELECT ON `ragnarok`.`ai_workers` TO 'ai_ipc_readonly'@'localhost';
GRANT SELECT ON `ragnarok`.`ai_ipc_meta` TO 'ai_ipc_readonly'@'localhost';
GRANT SELECT ON `ragnarok`.`ai_npc_memory` TO 'ai_ipc_readonly'@'localhost';
GRANT SELECT ON `ragnarok`.`ai_npc_budget` TO 'ai_ipc_readonly'@'localhost';
GRANT SELECT ON `ragnarok`.`ai_npc_words` TO 'ai_ipc_readonly'@'localhost';
GRANT SELECT ON `ragnarok`.`ai_v_queue` TO 'ai_ipc_readonly'@'localhost';
GRANT SELECT ON `ragnarok`.`ai_v_last_hour` TO 'ai_ipc_readonly'@'localhost';
GRANT SELECT ON `ragnarok`.`ai_v_by_npc` TO 'ai_ipc_readonly'@'localhost';
GRANT SELECT ON `ragnarok`.`ai_v_stuck` TO 'ai_ipc_readonly'@'localhost';
