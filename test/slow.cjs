/* global jest */
// Jest takes a time limit for all projects only; this raises it for one.
jest.setTimeout(600_000);
