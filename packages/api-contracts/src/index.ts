export * from "./api.ts";
export * from "./client.ts";
export * from "./openapi.ts";
export * from "./problem.ts";
export * from "./roles.ts";
export * from "./shapes.ts";
export * from "./lifecycle-routes.ts";
