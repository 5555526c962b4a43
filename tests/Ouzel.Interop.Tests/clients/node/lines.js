"use strict";
const fs = require("node:fs");

/** One line of JSON, written before the next statement runs: a member that is killed has said what it did. */
exports.say = (object) => fs.writeSync(1, JSON.stringify(object) + "\n");

exports.record = (partition, offset, value) => ({ partition, offset: Number(offset), value: value.toString() });

exports.value = (number) => `${number}:${"ouzel ".repeat(40)}`;

exports.endOfInput = () => new Promise((resolve) => process.stdin.on("end", resolve).on("close", resolve).resume());
