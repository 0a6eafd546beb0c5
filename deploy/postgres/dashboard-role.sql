-- Creates the role `admit_dashboard`, which Grafana reads the audit log with, and the two views that it may read. Run it in
-- the audit log's database as a superuser, once the audit-service has started, and again after `admit audit rebuild`:
--
--   psql "$SUPERUSER_DATABASE_URL" -v password="$DASHBOARD_PASSWORD" -f deploy/postgres/dashboard-role.sql
--
-- Without a superuser, run it as the owner of the tables, who needs CREATEROLE for it. A role can change its own settings for a session, such as the timeout, and can take
-- advisory locks and make large objects: give the password to Grafana only.
\set ON_ERROR_STOP on
BEGIN;

SELECT 'CREATE ROLE admit_dashboard'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'admit_dashboard') \gexec
ALTER ROLE admit_dashboard LOGIN PASSWORD :'password' CONNECTION LIMIT 10;
ALTER ROLE admit_dashboard SET statement_timeout = '10s';
ALTER ROLE admit_dashboard SET lock_timeout = '1s';
ALTER ROLE admit_dashboard SET idle_in_transaction_session_timeout = '10s';
ALTER ROLE admit_dashboard SET default_transaction_read_only = on;

DROP SCHEMA IF EXISTS admit_dashboard CASCADE;
CREATE SCHEMA admit_dashboard;

-- Barriers: no condition of a query sees a row that the view leaves out.
CREATE VIEW admit_dashboard.rejection WITH (security_barrier) AS
SELECT time, type, reason, count, route, origin, edge, client, prefix::text AS network, left(ticket, 10) AS support_code
FROM event WHERE type LIKE '%.rejected';

CREATE VIEW admit_dashboard.minute WITH (security_barrier) AS
SELECT minute, dimension, value, type, reason, count FROM rollup
WHERE dimension IN ('type', 'reason', 'route', 'edge', 'origin', 'pathway', 'carrier', 'client', 'prefix');

-- Every role is in PUBLIC. Nothing of ours needs what is revoked from it here.
SELECT format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO admit_dashboard', current_database()) \gexec
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA admit_dashboard TO admit_dashboard;
GRANT SELECT ON ALL TABLES IN SCHEMA admit_dashboard TO admit_dashboard;

COMMIT;
