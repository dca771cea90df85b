// The page starts here: choose the core, put preferences on the page, show the product.
import { mount } from "svelte";
import "./design/base.css";
import { chooseBackend } from "./backend";
import { connect } from "./core/desk.svelte";
import { applyPreferences, followSystem } from "./core/preferences.svelte";
import App from "./views/App.svelte";

async function start(): Promise<void> {
  connect(await chooseBackend());
  await applyPreferences();
  followSystem();
  const target = document.getElementById("app");
  if (target) mount(App, { target });
}

void start();
