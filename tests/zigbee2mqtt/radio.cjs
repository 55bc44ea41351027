// The real Zigbee2MQTT, its radio simulated: one Amina S, paired, answers its frames.
//
//   node radio.cjs BROKER_PORT DATA_FOLDER
//
// Each command that the charger takes is a line of JSON on the standard output: {"on"},
// {"level", "withOnOff"}; so is {"started"}. A line on the standard input is a list of
// [cluster, attribute, value], which the charger reports. All frames are made and read by
// hand here, from the Zigbee cluster library, so that Zigbee2MQTT's own code is checked.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");

const [port, folder] = process.argv.slice(2);
process.env.ZIGBEE2MQTT_DATA = folder;

const CHARGER = {ieee: "0x00158d0001234567", address: 0x1234, endpoint: 10};
const COORDINATOR = "0x00124b0000000001";
const AMINA = 0x143b; // the maker's code
const [BASIC, IDENTIFY, ON_OFF, LEVEL, ELECTRICAL, CONTROL] = [0, 3, 6, 8, 0x0b04, 0xfee7];

// --- what it has been told before it starts -------------------------------------------

fs.writeFileSync(
  path.join(folder, "configuration.yaml"),
  `version: 5
mqtt: {server: "mqtt://127.0.0.1:${port}", base_topic: zigbee2mqtt}
serial: {port: /dev/null, adapter: ember}
advanced:
  log_output: []
  channel: 11
  pan_id: 6754
  ext_pan_id: [1, 2, 3, 4, 5, 6, 7, 8]
  network_key: [1, 3, 5, 7, 9, 11, 13, 15, 0, 2, 4, 6, 8, 10, 12, 13]
homeassistant: {enabled: true}
frontend: {enabled: false}
devices: {"${CHARGER.ieee}": {friendly_name: Laddbox}}
`,
);

const endpoint = (id, clusters) => ({
  profId: 260,
  epId: id,
  devId: 81,
  inClusterList: clusters,
  outClusterList: [],
  clusters: {},
  binds: [],
  configuredReportings: [],
  meta: {},
});
const known = {interviewState: "SUCCESSFUL", interviewCompleted: true, meta: {}};
const devices = [
  {
    ...known,
    id: 1,
    type: "Coordinator",
    ieeeAddr: COORDINATOR,
    nwkAddr: 0,
    manufId: 0,
    epList: [1],
    endpoints: {1: endpoint(1, [])},
  },
  {
    ...known,
    id: 2,
    type: "Router",
    ieeeAddr: CHARGER.ieee,
    nwkAddr: CHARGER.address,
    manufId: AMINA,
    manufName: "Amina Distribution AS",
    powerSource: "Mains (single phase)",
    modelId: "amina S",
    epList: [CHARGER.endpoint],
    endpoints: {
      [CHARGER.endpoint]: endpoint(CHARGER.endpoint, [
        BASIC, IDENTIFY, ON_OFF, LEVEL, ELECTRICAL, CONTROL,
      ]),
    },
  },
];
fs.writeFileSync(path.join(folder, "database.db"), devices.map((d) => JSON.stringify(d)).join("\n"));

// --- the charger's attributes ------------------------------------------------------------

const [BOOL, U8, U16, U32, MAP16, I16, I32] = [0x10, 0x20, 0x21, 0x23, 0x19, 0x29, 0x2b];
const SIZE = {[BOOL]: 1, [U8]: 1, [U16]: 2, [U32]: 4, [MAP16]: 2, [I16]: 2, [I32]: 4};
const of = (type, value = 0) => ({type, value});

const attributes = {
  [ON_OFF]: {0: of(BOOL, 1)},
  [LEVEL]: {0: of(U8, 16)},
  [ELECTRICAL]: {
    0x0300: of(U16, 50), // Hz
    0x0304: of(I32), // W in all
    // V, A and W on each phase, and what they are to be multiplied by and divided through.
    0x0505: of(U16, 230), 0x0905: of(U16, 230), 0x0a05: of(U16, 230),
    0x0508: of(U16), 0x0908: of(U16), 0x0a08: of(U16),
    0x050b: of(I16), 0x090b: of(I16), 0x0a0b: of(I16),
    0x0600: of(U16, 1), 0x0601: of(U16, 1),
    0x0602: of(U16, 1), 0x0603: of(U16, 100),
    0x0604: of(U16, 1), 0x0605: of(U16, 1),
  },
  [CONTROL]: {
    2: of(MAP16), 3: of(MAP16), 4: of(MAP16), 5: of(U8), 6: of(U8, 6), 7: of(U8),
    8: of(U16), 9: of(U8, 1), 0x10: of(U32), 0x11: of(U32),
  },
};

const u16 = (value) => Buffer.from([value & 0xff, value >> 8]);

function encoded({type, value}) {
  const bytes = Buffer.alloc(1 + SIZE[type]);
  bytes[0] = type;
  bytes.writeIntLE(value | 0, 1, SIZE[type]);
  return bytes;
}

// --- the radio ---------------------------------------------------------------------------

const {Adapter} = require("zigbee-herdsman/dist/adapter/adapter");
const {Zcl} = require("zigbee-herdsman");

const GLOBAL_ANSWER = 0x18; // from the server, and no default response is wanted
const [READ, READ_ANSWER, WRITE, WRITE_ANSWER] = [0x00, 0x01, 0x02, 0x04];
const [CONFIGURE, CONFIGURE_ANSWER, REPORT, DEFAULT_ANSWER] = [0x06, 0x07, 0x0a, 0x0b];
const [SUCCESS, UNSUPPORTED] = [0x00, 0x86];
const WITH_ON_OFF = 4;

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

class Radio extends Adapter {
  constructor(...given) {
    super(...given);
    this.hasZdoMessageOverhead = false;
    this.manufacturerID = 0;
    this.number = 0;
  }
  async start() {
    return "resumed";
  }
  async stop() {}
  async getCoordinatorIEEE() {
    return COORDINATOR;
  }
  async getCoordinatorVersion() {
    return {type: "simulated", meta: {revision: 1}};
  }
  async supportsBackup() {
    return false;
  }
  async getNetworkParameters() {
    return {panID: 6754, extendedPanID: "0x0807060504030201", channel: 11, nwkUpdateID: 0};
  }
  async permitJoin() {}
  async sendZdo(_ieee, _address, _cluster, _payload, disableResponse) {
    return disableResponse ? undefined : [SUCCESS, {}];
  }
  async sendZclFrameToGroup() {}
  async sendZclFrameToAll() {}

  async sendZclFrameToEndpoint(_ieee, _address, _endpoint, frame, _timeout, disableResponse) {
    const cluster = frame.cluster.ID;
    const answer = this.received(cluster, this.answer(cluster, frame.toBuffer()));
    this.emit("zclPayload", answer); // all that comes is told, an answer too
    return disableResponse ? undefined : answer;
  }

  answer(cluster, bytes) {
    const isMakers = (bytes[0] & 0x04) !== 0;
    const isSpecific = (bytes[0] & 0x03) === 1;
    const start = isMakers ? 3 : 1;
    const [number, command] = bytes.subarray(start);
    const body = bytes.subarray(start + 2);
    const answered = (answer, ...rest) =>
      Buffer.concat([
        isMakers ? Buffer.from([GLOBAL_ANSWER | 0x04, bytes[1], bytes[2]]) : Buffer.from([GLOBAL_ANSWER]),
        Buffer.from([number, answer]),
        ...rest,
      ]);
    if (isSpecific) {
      this.take(cluster, command, body);
      return answered(DEFAULT_ANSWER, Buffer.from([command, SUCCESS]));
    }
    switch (command) {
      case READ:
        return answered(READ_ANSWER, ...this.read(cluster, body));
      case CONFIGURE:
        return answered(CONFIGURE_ANSWER, Buffer.from([SUCCESS]));
      case WRITE:
        return answered(WRITE_ANSWER, Buffer.from([SUCCESS]));
      default:
        return answered(DEFAULT_ANSWER, Buffer.from([command, UNSUPPORTED]));
    }
  }

  take(cluster, command, body) {
    if (cluster === ON_OFF) {
      tell({on: command === 1});
    } else if (cluster === LEVEL) {
      tell({level: body[0], withOnOff: command === WITH_ON_OFF});
    }
  }

  *read(cluster, body) {
    for (let at = 0; at + 1 < body.length; at += 2) {
      const id = body.readUInt16LE(at);
      const attribute = attributes[cluster]?.[id];
      yield attribute === undefined
        ? Buffer.concat([u16(id), Buffer.from([UNSUPPORTED])])
        : Buffer.concat([u16(id), Buffer.from([SUCCESS]), encoded(attribute)]);
    }
  }

  report(cluster, ids) {
    this.number = (this.number + 1) % 256;
    const head = cluster === CONTROL ? [GLOBAL_ANSWER | 0x04, ...u16(AMINA)] : [GLOBAL_ANSWER];
    const records = ids.map((id) => Buffer.concat([u16(id), encoded(attributes[cluster][id])]));
    const bytes = Buffer.concat([Buffer.from([...head, this.number, REPORT]), ...records]);
    this.emit("zclPayload", this.received(cluster, bytes));
  }

  received(cluster, data) {
    return {
      clusterID: cluster,
      address: CHARGER.address,
      header: Zcl.Header.fromBuffer(data),
      data,
      endpoint: CHARGER.endpoint,
      linkquality: 120,
      groupID: 0,
      wasBroadcast: false,
      destinationEndpoint: 1,
    };
  }
}

let radio;
Adapter.create = async (...given) => (radio = new Radio(...given));

readline
  .createInterface({input: process.stdin})
  .on("line", (line) => {
    const changed = {};
    for (const [cluster, id, value] of JSON.parse(line)) {
      attributes[cluster][id].value = value;
      (changed[cluster] ??= []).push(id);
    }
    for (const [cluster, ids] of Object.entries(changed)) {
      radio.report(Number(cluster), ids);
    }
  })
  .on("close", () => process.exit(0));

const {Controller} = require("zigbee2mqtt/dist/controller");
new Controller(
  async () => {},
  async (code) => process.exit(code),
)
  .start()
  .then(() => tell({started: true}));
