-- The tables of AI_IPC_IMPLEMENTATION.md 1.0.0, letter by letter.

CREATE TABLE IF NOT EXISTS `ai_requests` (
  `id` INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
  `request_type` VARCHAR(50) NOT NULL DEFAULT 'generic',
  `endpoint` VARCHAR(255) NOT NULL,
  `request_data` TEXT DEFAULT NULL,
  `priority` TINYINT(3) UNSIGNED NOT NULL DEFAULT 5,
  `timeout` INT(11) UNSIGNED NOT NULL DEFAULT 30,
  `status` ENUM('pending', 'processing', 'completed', 'failed', 'timeout', 'cancelled'),
  `created_at` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `processed_at` TIMESTAMP NULL DEFAULT NULL,
  `expires_at` DATETIME NOT NULL,
  `source_npc` VARCHAR(100) DEFAULT NULL,
  `source_map` VARCHAR(30) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `idx_status_priority` (`status`, `priority`, `created_at`),
  KEY `idx_expires_at` (`expires_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `ai_responses` (
  `id` INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
  `request_id` INT(11) UNSIGNED NOT NULL,
  `response_data` TEXT DEFAULT NULL,
  `error_message` TEXT DEFAULT NULL,
  `processing_time_ms` INT(11) UNSIGNED DEFAULT NULL,
  `created_at` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (`id`),
  KEY `idx_request_id` (`request_id`),
  CONSTRAINT `fk_ai_responses_request_id` 
    FOREIGN KEY (`request_id`) REFERENCES `ai_requests` (`id`) 
    ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS `ai_request_log` (
  `id` BIGINT(20) UNSIGNED NOT NULL AUTO_INCREMENT,
  `request_id` INT(11) UNSIGNED NOT NULL,
  `event_type` VARCHAR(50) NOT NULL,
  `event_data` TEXT DEFAULT NULL,
  `created_at` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (`id`),
  KEY `idx_request_id` (`request_id`),
  KEY `idx_event_type` (`event_type`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
