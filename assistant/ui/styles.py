"""The style sheet of the screen; classes of our own begin with `hda-`."""

CSS = """
:root { color-scheme: light; }
.gradio-container { width: 100% !important; max-width: min(1400px, 100vw) !important; min-width: 0 !important;
  margin: 0 auto !important; padding: 10px 20px 12px !important; }
.gradio-container > .fillable { padding: 0 !important; }
.gradio-container .fillable, .gradio-container .wrap, .gradio-container main, .gradio-container .column,
.gradio-container .tabs, .gradio-container .tabitem { min-width: 0 !important; max-width: 100%; }
.html-container { padding: 0 !important; }
footer { display: none !important; }
*:focus-visible { outline: 2px solid #005A8C !important; outline-offset: -1px; }
button.lg { font-size: 15px !important; white-space: nowrap; padding: 8px 14px !important; }
.form .container > .wrap { border: 1px solid #9AA7B2 !important; min-height: 38px; display: flex; align-items: center; }
.form .container > .wrap > .wrap-inner { width: 100%; }
.modebar-container { display: none !important; }
.form { background: none !important; border: 0 !important; gap: 10px !important; overflow: visible !important; }
.form > .block { border: 0 !important; background: none !important; padding: 0 !important; }
.block > .html-container, .block > .html-container > .prose { font-size: 15px; }

/* head */
#hda-head { align-items: end !important; gap: 12px; }
#hda-head .form { flex-wrap: nowrap; align-items: end; min-width: 580px !important; }
#hda-language label { min-height: 38px; }
#hda-title { border: 0; background: none; padding: 0; flex: 1 1 300px; }
#hda-title h1 { font-size: 22px; line-height: 1.2; margin: 0 0 2px; color: #12324A; }
#hda-title p { margin: 0; font-size: 14px; color: #33414D; }
#hda-title b { font-weight: 600; white-space: nowrap; }
#hda-no-login { border: 0; background: none; padding: 0; }
#hda-no-login p { margin: 0; font-size: 13px; color: #5A3B00; background: #FFF4DC; border: 1px solid #E8CE93;
  border-radius: 4px; padding: 4px 10px; }
#hda-tabs button[role="tab"] { font-size: 16px !important; }

/* conversation */
#hda-chat { font-size: 15px; }
#hda-chat .chatbot.prose { opacity: 1; }
#hda-chat .thought-group * { font-size: 14px; }
#hda-chat .thought-group { padding: 3px 10px; }
#hda-chat ul.hda-short-rows { columns: 3 250px; column-gap: 36px; }
#hda-chat ul.hda-short-rows li { margin: 0; padding: 2px 0; break-inside: avoid; }
#hda-chat .icon-button-wrapper.top-panel { display: none; }
#hda-chat .placeholder-content { height: auto; justify-content: flex-start; padding: 4vh 16px 16px; gap: 18px; }
#hda-chat .placeholder { height: auto; max-width: 860px; width: 100%; margin: 0 auto; }
#hda-chat .placeholder h2 { margin: 0 0 6px; color: #12324A; }
#hda-chat .examples { grid-template-columns: repeat(auto-fit, minmax(240px, 1fr)); max-width: 860px; margin: 0 auto;
  padding: 0; }
#hda-chat .example { border-color: #9AA7B2; background: #F7F9FA; }
#hda-chat .example:hover { background: #E6EBEF; border-color: #005A8C; }
#hda-chat .example-text { font-size: 15px; color: #12324A; }
#hda-chat .bot.message { max-width: 100%; }
#hda-chat .hda-answer p { margin: 0 0 6px; line-height: 1.5; }
#hda-chat .hda-answer ul, .hda-source ul { margin: 2px 0 8px; padding-left: 20px; list-style: disc; }
#hda-chat .hda-answer li { margin: 2px 0; line-height: 1.45; }
.hda-headline { font-weight: 600; font-size: 16px; }
#hda-chat .hda-answer { margin-top: 8px; }
.hda-lead b { color: #12324A; }
.hda-ref { font-size: 11px; font-weight: 600; color: #005A8C; margin-left: 3px; }
.hda-muted, .hda-footer { color: #4A5763; font-size: 13px; }
.hda-footer { border-top: 1px solid #DDE3E8; margin-top: 8px; padding-top: 6px; line-height: 1.5; }
.hda-small-title { font-weight: 600; font-size: 14px; margin: 8px 0 4px; }
.hda-source { border: 1px solid #D3DAE0; border-radius: 4px; margin: 4px 0; background: #FBFCFD; font-size: 14px; }
.hda-source summary { cursor: pointer; padding: 6px 10px; line-height: 1.4; }
.hda-source summary:hover { background: #EEF3F7; }
.hda-source[open] summary { border-bottom: 1px solid #D3DAE0; }
.hda-source > :not(summary) { margin: 8px 12px; }
.hda-source ul { padding-left: 32px !important; margin-left: 0 !important; }
.hda-source blockquote { border-left: 3px solid #7A8A97; padding: 2px 10px; color: #1F2A33; white-space: normal; }
.hda-number { display: inline-block; min-width: 20px; text-align: center; background: #DCE8F1; color: #00476F;
  border-radius: 3px; font-weight: 600; font-size: 12px; margin-right: 4px; }
.hda-source dl, dl.hda-step { display: grid; grid-template-columns: max-content 1fr; gap: 2px 14px; font-size: 14px; }
.hda-source dt, dl.hda-step dt { color: #4A5763; }
.hda-source dd, dl.hda-step dd { margin: 0; overflow-wrap: anywhere; }
.hda-step { margin: 2px 0; font-size: 14px; line-height: 1.45; }
.hda-problem { color: #7A2310; background: #FCEDE8; border: 1px solid #E5B5A5; border-radius: 4px; padding: 8px 12px; }
.hda-question { white-space: normal; overflow-wrap: anywhere; }
.hda-ask { align-items: stretch; }
.hda-ask textarea { font-size: 16px; min-height: 42px; }
.hda-chart { width: 100%; }

/* pages of plans and of the journal */
.hda-bar { align-items: end !important; flex-wrap: wrap; }
.hda-notice { margin: 4px 0; padding: 8px 12px; border-radius: 4px; border: 1px solid #C4CFD8; background: #F2F5F8; }
.hda-notice.hda-bad, .hda-bad { color: #7A2310; background: #FCEDE8; border: 1px solid #E5B5A5; border-radius: 4px;
  padding: 8px 12px; }
.hda-notice.hda-good { color: #0B4A36; background: #E6F4EE; border-color: #9BCDB8; }
.hda-hash { font-size: 13px; overflow-wrap: anywhere; user-select: all; }
.hda-state { display: inline-block; font-weight: 600; border-radius: 4px; padding: 3px 10px; margin: 4px 0;
  border: 1px solid; }
.hda-open { color: #5A3B00; background: #FFF4DC; border-color: #E8CE93; }
.hda-approved { color: #0B4A36; background: #E6F4EE; border-color: #9BCDB8; }
.hda-rejected { color: #7A2310; background: #FCEDE8; border-color: #E5B5A5; }
.hda-facts { display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0; }
.hda-facts > div { background: #F2F5F8; border: 1px solid #DDE3E8; border-radius: 4px; padding: 4px 12px; }
.hda-facts dt { font-size: 13px; color: #4A5763; }
.hda-facts dd { margin: 0; font-weight: 600; font-size: 15px; }
.hda-scroll { overflow-x: auto; margin: 8px 0 14px; border: 1px solid #D3DAE0; border-radius: 4px; background: #FFF; }
.hda-scroll table { border: 0 !important; padding: 0 !important; border-collapse: separate; border-spacing: 0;
  width: 100%; font-size: 14px;
  margin: 0 !important; }
.hda-scroll table > * { margin: 0 !important; }
.hda-scroll caption { text-align: left; font-weight: 600; padding: 8px 10px; font-size: 15px; color: #12324A; }
.hda-scroll th, .hda-scroll td { border: 0; border-bottom: 1px solid #E3E8EC; padding: 4px 8px; text-align: left; }
.hda-scroll thead th { background: #EEF2F5; color: #33414D; font-weight: 600; border-bottom: 1px solid #C4CFD8; }
.hda-scroll tbody th { font-weight: 500; }
.hda-plain td, .hda-plain th { white-space: normal; vertical-align: top; }
.hda-numbers td:not(:first-child), .hda-numbers th:not(:first-child) {
  text-align: right; font-variant-numeric: tabular-nums; }
.hda-roster th[scope="row"], .hda-roster thead th:first-child { position: sticky; left: 0; z-index: 1; background: #FFF;
  white-space: nowrap; border-right: 1px solid #C4CFD8; min-width: 120px; }
.hda-roster thead th:first-child { background: #EEF2F5; }
.hda-roster th[scope="row"] small { color: #4A5763; margin-left: 4px; }
.hda-roster thead th:not(:first-child), .hda-roster td { text-align: center; padding: 3px 4px; min-width: 44px; }
.hda-roster thead th { font-size: 13px; line-height: 1.25; }
.hda-roster thead th b { font-size: 15px; }
.hda-roster thead th small { margin-left: 3px; font-weight: 400; }
.hda-roster td.hda-we, .hda-we.hda-code { background: #E9EDF1; }
.hda-roster thead th.hda-we { background: #D6DEE5; }
.hda-roster tfoot td, .hda-roster tfoot th { background: #F7F9FA; font-size: 13px; font-variant-numeric: tabular-nums; }
.hda-roster tfoot tr:first-child > * { border-top: 2px solid #7A8A97; }
.hda-roster tfoot td.hda-we { background: #E1E7EC; }
.hda-roster tfoot td.hda-short { background: #FBD9CD; color: #6B1D0C; box-shadow: inset 0 0 0 2px #B5460F; }
.hda-roster td.hda-short small { display: block; font-weight: 700; line-height: 1.1; }
.hda-code { display: inline-block; min-width: 30px; padding: 2px 5px; border-radius: 3px; font-weight: 600;
  text-align: center; border: 1px solid transparent; line-height: 1.3; }
.hda-s1 { background: #BFE0F5; color: #063A5A; border-color: #8FC4E4; }
.hda-s2 { background: #FCE3A6; color: #4F3800; border-color: #E5C261; }
.hda-s3 { background: #CDEBD9; color: #0B4A36; border-color: #97CFB1; }
.hda-s4 { background: #EBD5E6; color: #57214B; border-color: #CFA4C5; }
.hda-night { background: #1F3554; color: #FFFFFF; border-color: #1F3554; }
.hda-away { background: repeating-linear-gradient(45deg, #E3E7EA 0 4px, #F6F7F8 4px 8px);
  color: #33414D; border-color: #B9C3CB; }
.hda-wish { box-shadow: inset 0 0 0 2px #B5460F; }
.hda-legend { display: flex; flex-wrap: wrap; gap: 6px 18px; font-size: 13px; margin: 6px 0; align-items: center; }
.hda-legend .hda-we { border-color: #B9C3CB; }
.hda-story { padding: 4px 4px 8px; }
.hda-story h3 { font-size: 17px; margin: 6px 0; color: #12324A; }
.hda-story h4 { font-size: 15px; margin: 12px 0 2px; color: #12324A; }
.hda-story summary { font-weight: 700; font-size: 15px; margin: 12px 0 2px; color: #12324A; cursor: pointer; }
.hda-story p { margin: 2px 0; font-size: 15px; line-height: 1.5; overflow-wrap: anywhere; }
.hda-story .hda-told { margin-left: 18px; padding-left: 10px; border-left: 3px solid #D3DAE0; }
#hda-entries .selection-button { display: none; }
#hda-entries * { font-family: inherit; }
#hda-plan input { text-overflow: ellipsis; padding-right: 22px !important; }
.hda-place { flex: 1 0 170px !important; align-self: center; font-size: 14px; color: #33414D; }

@media (max-width: 900px) {
  #hda-head { flex-direction: column; align-items: stretch !important; gap: 6px; }
  #hda-title { flex: none; }
  #hda-head .form { flex-flow: row wrap; min-width: 0 !important; width: 100%; }
  #hda-language { min-width: 100% !important; }
  #hda-user, #hda-role { flex: 1 1 140px !important; min-width: 0 !important; }
}
@media (max-width: 640px) {
  #hda-chat .examples { grid-template-columns: 1fr; }
  #hda-chat .message-row.bubble { margin: 6px 4px !important; max-width: 100% !important; }
  #hda-chat .placeholder-content { padding: 12px 12px; }
  .gradio-container { padding: 6px 6px 10px !important; }
  #hda-title h1 { font-size: 19px; }
  .hda-roster th[scope="row"], .hda-roster thead th:first-child {
    min-width: 96px; max-width: 120px; white-space: normal; }
  .hda-facts > div { flex: 1 1 40%; }
}
"""
