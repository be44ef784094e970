import GRDB

/// The tables of the history.
///
///     builds    a row for each build: what lists are filtered and sorted by
///     details   the rest of it, as JSON: what a line of a list shows, what only its dossier does, where its log lies
///     steps     a row for each step: digest, name, inputs, times relative to the build, and the index of its output
///     names     the names of steps, each once, however many builds have a step of that name, and how many have it
///     images, labels, searches   what builds are found by
///     pins      ids that are to be pinned once they are here
enum HistorySchema {
    /// The newest version that this Caisson knows; it stands in the database as `user_version`.
    static let version = 2

    /// The steps from an empty database to the newest version.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(sql: tables)
            try database.execute(sql: indexes)
            try database.execute(sql: "PRAGMA user_version = 1")
        }
        migrator.registerMigration("2") { database in
            try database.execute(sql: counts)
            try database.execute(sql: "PRAGMA user_version = 2")
        }
        return migrator
    }

    private static let tables = """
        CREATE TABLE builds (
            key INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            time INTEGER NOT NULL,
            status INTEGER NOT NULL,
            job INTEGER NOT NULL,
            duration INTEGER,
            size INTEGER NOT NULL,
            pinned INTEGER NOT NULL,
            name TEXT,
            project TEXT,
            owner TEXT,
            batch TEXT,
            place INTEGER,
            directory TEXT
        );
        CREATE TABLE details (
            build INTEGER PRIMARY KEY,
            record TEXT NOT NULL,
            dossier TEXT,
            frames BLOB
        );
        CREATE TABLE steps (
            build INTEGER NOT NULL,
            number INTEGER NOT NULL,
            digest BLOB NOT NULL,
            name INTEGER NOT NULL,
            cached INTEGER NOT NULL,
            started INTEGER,
            completed INTEGER,
            inputs BLOB,
            error TEXT,
            size INTEGER NOT NULL,
            output BLOB,
            PRIMARY KEY (build, number)
        ) WITHOUT ROWID;
        CREATE TABLE names (key INTEGER PRIMARY KEY, hash INTEGER NOT NULL, text TEXT NOT NULL);
        CREATE TABLE images (build INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (build, name)) WITHOUT ROWID;
        CREATE TABLE labels (build INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (build, name)) WITHOUT ROWID;
        CREATE TABLE searches (build INTEGER PRIMARY KEY, text TEXT NOT NULL);
        CREATE TABLE pins (id TEXT PRIMARY KEY) WITHOUT ROWID;
        """

    private static let indexes = """
        CREATE INDEX builds_by_time ON builds (time);
        CREATE INDEX builds_by_name ON builds (name, status, time, project, duration) WHERE name IS NOT NULL;
        CREATE INDEX builds_by_batch ON builds (batch, place) WHERE batch IS NOT NULL;
        CREATE INDEX names_by_hash ON names (hash);
        """

    /// Version 1 didn't know how many steps have a name.
    private static let counts = """
        ALTER TABLE names ADD COLUMN uses INTEGER NOT NULL DEFAULT 0;
        UPDATE names SET uses = counted.count
            FROM (SELECT name, COUNT(*) AS count FROM steps GROUP BY name) AS counted WHERE counted.name = names.key;
        DELETE FROM names WHERE uses = 0;
        """

    /// The tables that have rows of a build beside its own, by the column that tells which.
    static let parts = ["details", "steps", "images", "labels", "searches"]
}
