import { css } from "lit";

export const styles = css`
  :host {
    --house: var(--amp-guard-house-color, #8596a0);
    --fuse: var(--amp-guard-fuse-color, #d32f2f);
    --quiet: var(--secondary-text-color, #5f6368);
    --ground: color-mix(in srgb, var(--primary-text-color, #212121) 9%, transparent);
    display: block;
    height: 100%;
  }
  ha-card {
    display: block;
    box-sizing: border-box;
    min-height: 100%;
    padding: 16px;
    color: var(--primary-text-color);
    font-size: 14px;
    line-height: 1.35;
    container-type: inline-size;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 12px;
    align-items: baseline;
    justify-content: space-between;
    margin-bottom: 12px;
  }
  h2,
  h3,
  p,
  figure,
  ul {
    margin: 0;
    padding: 0;
    font: inherit;
  }
  /* What is written in another direction than the page keeps its own. */
  h2,
  h3,
  p,
  li,
  span {
    unicode-bidi: plaintext;
  }
  h2 {
    font-size: 20px;
    font-weight: 500;
  }
  h3 {
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .sentence {
    color: var(--primary-text-color);
    overflow-wrap: anywhere;
  }
  .limits {
    margin: 8px 0;
    color: var(--quiet);
    list-style: none;
    overflow-wrap: anywhere;
  }
  .banner {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
    justify-content: space-between;
    margin: 0 0 12px;
    padding: 10px 12px;
    border-radius: 8px;
    font-weight: 500;
    overflow-wrap: anywhere;
  }
  .alarm {
    background: #b3261e;
    color: #fff;
  }
  .warning {
    background: #ffc94d;
    color: #201a00;
  }
  .note {
    background: var(--ground);
    color: var(--primary-text-color);
  }
  .bars {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    gap: 8px 10px;
    align-items: center;
  }
  .phase {
    box-sizing: border-box;
    min-width: 30px;
    padding: 1px 5px;
    border: 2px solid transparent;
    border-radius: 8px;
    font-weight: 600;
    text-align: center;
  }
  .phase.limiting {
    border-color: currentColor;
  }
  svg {
    display: block;
    width: 100%;
    overflow: visible;
  }
  .bar:dir(rtl) {
    transform: scaleX(-1);
  }
  .ground {
    fill: var(--ground);
  }
  .unmeasured {
    fill: none;
    stroke: #b3261e;
    stroke-width: 2;
    stroke-dasharray: 3 5;
  }
  rect.house,
  path.house {
    fill: var(--house);
  }
  rect.export {
    fill: none;
    stroke: var(--house);
    stroke-width: 2;
  }
  rect.charger,
  path.charger {
    fill: var(--colour);
  }
  rect.charger,
  rect.house {
    stroke: var(--card-background-color, #fff);
    stroke-width: 1;
  }
  rect.promised {
    fill: none;
    stroke: var(--colour);
    stroke-width: 2;
    stroke-dasharray: 4 3;
  }
  line {
    vector-effect: non-scaling-stroke;
  }
  line.fuse {
    stroke: var(--fuse);
    stroke-width: 3;
  }
  .minutes line.fuse {
    stroke-width: 2;
    stroke-dasharray: 6 4;
  }
  line.ceiling {
    stroke: var(--primary-text-color);
    stroke-width: 2;
    stroke-dasharray: 2 3;
  }
  line.offline {
    stroke: var(--primary-text-color);
    stroke-width: 2;
  }
  line.zero {
    stroke: var(--quiet);
    stroke-width: 1;
  }
  button,
  select {
    color: inherit;
    font: inherit;
  }
  button {
    padding: 0;
    border: 0;
    background: none;
    text-align: start;
    cursor: pointer;
  }
  button:disabled {
    cursor: default;
  }
  :focus-visible {
    outline: 2px solid var(--primary-color, #03a9f4);
    outline-offset: 2px;
    border-radius: 4px;
  }
  .figure {
    min-width: 74px;
    text-align: end;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .figure span {
    display: block;
  }
  .now {
    font-size: 17px;
  }
  .free,
  .quiet,
  .state,
  .why,
  .axis,
  figcaption,
  .newest,
  .line {
    color: var(--quiet);
    font-size: 12px;
  }
  .over {
    color: var(--fuse);
    font-weight: 700;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 14px;
    margin: 8px 0 4px;
    list-style: none;
    color: var(--quiet);
    font-size: 12px;
  }
  .legend li {
    max-width: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .legend i,
  .sign {
    display: inline-block;
    box-sizing: border-box;
    width: 10px;
    height: 10px;
    margin-inline-end: 5px;
    border-radius: 2px;
    vertical-align: -1px;
  }
  i.house {
    background: var(--house);
  }
  i.export {
    border: 2px solid var(--house);
  }
  i.charger,
  .sign {
    background: var(--colour);
  }
  i.promised {
    border: 1px dashed currentColor;
  }
  i.fuse,
  i.ceiling,
  i.offline {
    width: 3px;
    background: var(--fuse);
  }
  i.ceiling,
  i.offline {
    background: var(--primary-text-color);
  }
  i.offline {
    height: 6px;
  }
  i.ceiling {
    background: none;
    border-inline-start: 2px dotted var(--primary-text-color);
  }
  /* Side by side where there is room, as on a tablet at the wall. */
  .rows {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr));
    column-gap: 32px;
  }
  .row {
    display: grid;
    grid-template-columns: 12px minmax(0, 1fr) auto;
    gap: 4px 10px;
    align-items: start;
    padding: 10px 0;
    border-top: 1px solid var(--divider-color, #e0e0e0);
  }
  .sign {
    width: 12px;
    height: 12px;
    margin-top: 4px;
    border-radius: 6px;
  }
  .state,
  .why span {
    display: block;
    overflow-wrap: anywhere;
  }
  .buttons {
    grid-column: 2 / -1;
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
  }
  .press {
    min-height: 32px;
    padding: 4px 14px;
    border: 1px solid var(--primary-color, #03a9f4);
    border-radius: 16px;
  }
  .priority {
    display: inline-flex;
    gap: 6px;
    align-items: center;
    margin-inline-start: auto;
    color: var(--quiet);
    font-size: 12px;
  }
  select {
    min-height: 32px;
    border: 1px solid var(--divider-color, #bdbdbd);
    border-radius: 8px;
    background: var(--card-background-color, #fff);
    color: var(--primary-text-color);
  }
  .fold {
    display: flex;
    gap: 8px;
    align-items: center;
    width: 100%;
    min-height: 40px;
    border-top: 1px solid var(--divider-color, #e0e0e0);
  }
  .fold .name {
    flex: 1;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .arrow {
    width: 0;
    border: 5px solid transparent;
    border-inline-start-color: currentColor;
    border-inline-end: 0;
  }
  [aria-expanded="true"] .arrow {
    border: 5px solid transparent;
    border-top-color: currentColor;
    border-bottom: 0;
  }
  .minutes {
    position: relative;
    margin-top: 10px;
    direction: ltr;
  }
  .minutes svg {
    height: 110px;
  }
  figcaption {
    margin-bottom: 4px;
  }
  .dots {
    position: absolute;
    inset-inline: 0;
    top: 20px;
    height: 110px;
    pointer-events: none;
  }
  .dot {
    position: absolute;
    width: 8px;
    height: 8px;
    margin: -5px;
    border: 1px solid var(--card-background-color, #fff);
    border-radius: 50%;
    background: var(--primary-text-color);
    pointer-events: auto;
  }
  .dot.alarm {
    background: var(--fuse);
  }
  .axis {
    display: flex;
    justify-content: space-between;
  }
  @container (max-width: 340px) {
    .figure {
      min-width: 60px;
    }
    .priority {
      margin-inline-start: 0;
    }
  }
`;
