/// The file's style.
enum HTMLStyle {
    /// Its text: colours of both schemes first; contrasts of texts are at least 4.5 to 1.
    static let sheet: StaticString = """
        :root{--bg:#f7f7f5;--card:#fff;--ink:#1d2430;--soft:#56606e;--line:#dfe2e6;--bar:#3a76a8;--hatch:#7b8794;\
        --path:#a24b06;--bad:#b3261e;--good:#1b6e45;--tint-bad:#fdecea;--tint-good:#e6f4ec;--tint-warn:#fcf0e2;\
        --tint-off:#eef0f3}
        @media(prefers-color-scheme:dark){:root{--bg:#14171c;--card:#1c2027;--ink:#e4e8ee;--soft:#a6b0bd;\
        --line:#323944;\
        --bar:#5f9fd4;--hatch:#6d7885;--path:#eaa559;--bad:#f4958d;--good:#74ca9c;--tint-bad:#3d2322;\
        --tint-good:#1d3428;\
        --tint-warn:#3a2d1c;--tint-off:#2a3039}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
        body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,\
        "Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
        main{max-width:1160px;margin:0 auto;padding:40px 28px 56px}
        h1{font-size:28px;line-height:1.2;margin:0 0 6px;letter-spacing:-.01em}
        h2{font-size:19px;line-height:1.3;margin:0 0 12px}
        h3{font-size:13px;margin:14px 0 2px;color:var(--soft);font-weight:600;display:flex;gap:8px;align-items:baseline}
        h3 small{font-weight:400}
        h1,h2,h3 span,p,dd,td,li,code,.name{overflow-wrap:anywhere;unicode-bidi:isolate}
        p{margin:0 0 8px;max-width:76ch}
        code,pre{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
        section{margin-top:40px}
        .defs{position:absolute;width:0;height:0}
        .meta{color:var(--soft);display:flex;flex-wrap:wrap;gap:2px 18px;margin:0;max-width:none}
        .hint,.sub,figcaption,footer{color:var(--soft);font-size:13px}
        .hint{margin:10px 0 0}
        footer{margin-top:48px;padding-top:14px;border-top:1px solid var(--line)}
        .empty{margin-top:32px;padding:28px;background:var(--card);border:1px solid var(--line);border-radius:8px;\
        max-width:none;text-align:center;color:var(--soft)}
        .highlights{list-style:none;margin:24px 0 0;padding:14px 18px;background:var(--card);\
        border:1px solid var(--line);border-radius:8px}
        .highlights li{display:flex;gap:10px;padding:2px 0}
        .sign{flex:none;width:1.2em;text-align:center;font-weight:700}
        .good .sign{color:var(--good)}.ill .sign{color:var(--bad)}.note .sign{color:var(--bar)}
        .totals{display:grid;grid-template-columns:repeat(auto-fit,minmax(210px,1fr));gap:14px;margin:0}
        .highlights+section{margin-top:14px}
        .card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:14px 16px}
        .card dt{color:var(--soft);font-size:13px}.card dd{margin:0}
        .value{display:block;font-size:26px;line-height:1.25;font-weight:600;letter-spacing:-.01em}
        .sub{display:block}
        .strip{display:block;margin:6px 0;overflow:visible}
        .badge{display:inline-block;font-size:12px;line-height:18px;font-weight:600;padding:0 7px;border-radius:9px;\
        background:var(--tint-off);color:var(--ink);white-space:nowrap;letter-spacing:0}
        .badge.ok{background:var(--tint-good);color:var(--good)}.badge.bad{background:var(--tint-bad);color:var(--bad)}
        .badge.warn{background:var(--tint-warn);color:var(--path)}
        h2 .badge{font-size:13px;line-height:22px;border-radius:11px;padding:0 10px;vertical-align:2px;margin-left:4px}
        .facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(220px,1fr));gap:8px 24px;margin:0}
        .facts dt{color:var(--soft);font-size:13px}.facts dd{margin:0}
        .error{margin:14px 0 0;padding:10px 14px;background:var(--tint-bad);border-left:3px solid var(--bad);\
        border-radius:4px;max-width:none}
        .legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 18px;margin:0 0 8px;padding:0;font-size:13px;\
        color:var(--soft)}
        .legend li{display:flex;align-items:center;gap:7px}
        .legend svg{flex:none;overflow:visible}
        .filter{display:flex;gap:10px;align-items:center;font-size:13px;color:var(--soft);margin:10px 0}
        .filter[hidden],[hidden]{display:none!important}
        input{font:inherit;color:inherit;background:var(--card);border:1px solid var(--hatch);border-radius:6px;\
        padding:4px 9px;width:min(320px,100%);min-width:0}
        .row{display:grid;grid-template-columns:minmax(0,36%) minmax(0,1fr) 72px;gap:0 16px;align-items:center;\
        padding:2px 8px}
        .label{display:flex;gap:7px;align-items:center;min-width:0}
        .label code{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;min-width:0;flex:0 1 auto}
        .label .badge{flex:none}
        .number{flex:none;color:var(--soft);font-size:13px;min-width:2.1em;text-align:right}
        .onpath{flex:none;color:var(--path);font-size:12px}
        .time{font-size:13px;text-align:right;white-space:nowrap}
        .bar{display:block;overflow:visible}
        text{fill:var(--soft);font-size:12px}
        .tick{stroke:var(--line);stroke-width:1}
        summary{cursor:pointer;list-style:none;border-radius:5px}
        summary::-webkit-details-marker{display:none}
        summary:hover{background:var(--tint-off)}
        :focus-visible{outline:2px solid var(--bar);outline-offset:1px}
        .detail{margin:4px 8px 12px;padding:12px 16px;background:var(--card);\
        border:1px solid var(--line);border-radius:8px}
        .detail>*+*{margin-top:10px}
        pre{margin:10px 0 0;padding:10px 12px;background:var(--tint-off);border-radius:6px;overflow:auto;\
        max-height:460px;\
        unicode-bidi:plaintext}
        .ran{fill:var(--bar);stroke:var(--bar);stroke-width:2;stroke-linejoin:round}
        .cached{fill:url(#hatch);stroke:var(--hatch)}
        .failed{fill:url(#cross);stroke:var(--bad);stroke-width:1.6}
        .cancelled{fill:var(--tint-off);stroke:var(--soft);stroke-dasharray:3 2}
        rect.path{fill:var(--path);stroke:var(--path);stroke-width:.6}
        .wait{stroke:var(--path);stroke-width:1.5;stroke-dasharray:2 3}
        .hatch{stroke:var(--hatch);stroke-width:2.4}
        .crossed{stroke:var(--bad);stroke-width:2.6}
        .chain{list-style:none;margin:0;padding:0 0 0 14px;border-left:3px solid var(--path)}
        .chain p{max-width:none;margin:0}
        .link{display:flex;gap:8px;align-items:baseline;padding:3px 0}
        .link code{flex:1;min-width:0}
        .gap{color:var(--path);font-size:13px;padding:2px 0 2px calc(2.1em + 8px)}
        figure{margin:0 0 24px}
        figcaption{display:flex;flex-wrap:wrap;gap:2px 22px;align-items:baseline;margin-bottom:12px}
        figcaption strong{color:var(--ink);font-size:15px}
        figcaption .legend{margin:0}
        .plot{display:grid;grid-template-columns:52px minmax(0,1fr)}
        .plot svg{display:block;overflow:visible}
        .dates{grid-column:2}
        use.ok,use.dot{fill:var(--bar);fill-opacity:.55}
        use.dot{fill-opacity:.4}
        use.bad{stroke:var(--bad);stroke-width:1.8}
        use.off{fill:var(--card);stroke:var(--soft);stroke-width:1.4}
        use.on{fill:none;stroke:var(--bar);stroke-width:1.4}
        rect.ok{fill:var(--good)}rect.bad{fill:var(--bad)}rect.off{fill:var(--hatch)}rect.on{fill:var(--bar)}
        .rest{fill:var(--line)}.part{fill:var(--bar)}
        .median{fill:none;stroke:var(--ink);stroke-width:1.8;vector-effect:non-scaling-stroke;stroke-linejoin:round}
        .goal{stroke:var(--path);stroke-width:1.6;stroke-dasharray:6 4}
        .strip .goal{stroke-dasharray:none;stroke-width:2}
        .scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:8px}
        table{border-collapse:collapse;width:100%;font-size:14px}
        th,td{padding:8px 14px;text-align:left;vertical-align:top;border-top:1px solid var(--line)}
        th{border-top:0;font-size:13px;font-weight:600;color:var(--soft);white-space:nowrap}
        th.number,td.number{text-align:right;white-space:nowrap;font-size:inherit;color:inherit}
        th.number{font-size:13px;color:var(--soft)}
        td.good,td.ill{white-space:nowrap;font-weight:600}td.good{color:var(--good)}td.ill{color:var(--bad)}
        .advice{margin:0;padding:0;list-style:none;counter-reset:a;display:grid;gap:12px}
        .advice li{counter-increment:a;background:var(--card);border:1px solid var(--line);border-radius:8px;\
        padding:14px 18px 14px 48px;position:relative}
        .advice li::before{content:counter(a);position:absolute;left:18px;color:var(--soft);font-weight:600}
        .advice p:last-child{margin:0}
        td.code{min-width:170px}\
        .action{max-width:none;display:flex;flex-wrap:wrap;gap:4px 10px;align-items:baseline}
        .evidence{color:var(--soft);margin-bottom:4px}
        .outcome strong{color:var(--good)}
        @media(max-width:640px){
        main{padding:24px 16px 40px}h1{font-size:24px}section{margin-top:32px}
        .totals{grid-template-columns:repeat(2,minmax(0,1fr));gap:10px}.card{padding:12px}.value{font-size:22px}
        .row{grid-template-columns:minmax(0,1fr) auto;padding:5px 4px;gap:2px 10px}
        .row .bar{grid-column:1/-1;grid-row:2}
        .row.axis .label,.row.axis .time{display:none}
        .odd{display:none}
        .number{min-width:1.6em}
        .detail{margin:4px 0 12px}.facts{grid-template-columns:repeat(auto-fill,minmax(150px,1fr))}
        .plot{grid-template-columns:46px minmax(0,1fr)}.scale{margin-left:-6px}
        .scroll{border:0;background:none}
        table,tbody,tr,td{display:block}
        thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
        tr{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:8px 0;margin-bottom:10px}
        td,td.number{display:flex;gap:14px;justify-content:space-between;text-align:right;white-space:normal;border:0;\
        padding:3px 14px;min-width:0}
        td::before{content:attr(data-label);color:var(--soft);font-size:13px;font-weight:400;flex:none;text-align:left}
        td.code:first-child{display:block;text-align:left}td.code:first-child::before{display:none}
        td>*,td.code{min-width:0}
        }
        @media print{
        :root{--bg:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#ccc;--bar:#3a76a8;--hatch:#7b8794;--path:#a24b06;\
        --bad:#b3261e;--good:#1b6e45;--tint-bad:#fdecea;--tint-good:#e6f4ec;--tint-warn:#fcf0e2;--tint-off:#eef0f3}
        body{font-size:12px;print-color-adjust:exact;-webkit-print-color-adjust:exact}main{max-width:none;padding:0}
        .filter{display:none}.card,.row,figure,tr,.advice li{break-inside:avoid}h2,h3{break-after:avoid}
        .scroll,pre{overflow:visible;max-height:none}pre{white-space:pre-wrap}
        }
        """
}
