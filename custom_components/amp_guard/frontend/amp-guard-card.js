var q=globalThis,Y=q.ShadowRoot&&(q.ShadyCSS===void 0||q.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,ae=Symbol(),xe=new WeakMap,I=class{constructor(e,t,n){if(this._$cssResult$=!0,n!==ae)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(Y&&e===void 0){let n=t!==void 0&&t.length===1;n&&(e=xe.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),n&&xe.set(t,e))}return e}toString(){return this.cssText}},Ae=i=>new I(typeof i=="string"?i:i+"",void 0,ae),oe=(i,...e)=>{let t=i.length===1?i[0]:e.reduce((n,s,r)=>n+(a=>{if(a._$cssResult$===!0)return a.cssText;if(typeof a=="number")return a;throw Error("Value passed to 'css' function must be a 'css' function result: "+a+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(s)+i[r+1],i[0]);return new I(t,i,ae)},Se=(i,e)=>{if(Y)i.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let n=document.createElement("style"),s=q.litNonce;s!==void 0&&n.setAttribute("nonce",s),n.textContent=t.cssText,i.appendChild(n)}},le=Y?i=>i:i=>i instanceof CSSStyleSheet?(e=>{let t="";for(let n of e.cssRules)t+=n.cssText;return Ae(t)})(i):i;var{is:xt,defineProperty:At,getOwnPropertyDescriptor:St,getOwnPropertyNames:Lt,getOwnPropertySymbols:Et,getPrototypeOf:Mt}=Object,Z=globalThis,Le=Z.trustedTypes,Ct=Le?Le.emptyScript:"",Pt=Z.reactiveElementPolyfillSupport,N=(i,e)=>i,de={toAttribute(i,e){switch(e){case Boolean:i=i?Ct:null;break;case Object:case Array:i=i==null?i:JSON.stringify(i)}return i},fromAttribute(i,e){let t=i;switch(e){case Boolean:t=i!==null;break;case Number:t=i===null?null:Number(i);break;case Object:case Array:try{t=JSON.parse(i)}catch{t=null}}return t}},Me=(i,e)=>!xt(i,e),Ee={attribute:!0,type:String,converter:de,reflect:!1,useDefault:!1,hasChanged:Me};Symbol.metadata??=Symbol("metadata"),Z.litPropertyMetadata??=new WeakMap;var w=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=Ee){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),s=this.getPropertyDescriptor(e,n,t);s!==void 0&&At(this.prototype,e,s)}}static getPropertyDescriptor(e,t,n){let{get:s,set:r}=St(this.prototype,e)??{get(){return this[t]},set(a){this[t]=a}};return{get:s,set(a){let l=s?.call(this);r?.call(this,a),this.requestUpdate(e,l,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??Ee}static _$Ei(){if(this.hasOwnProperty(N("elementProperties")))return;let e=Mt(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(N("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(N("properties"))){let t=this.properties,n=[...Lt(t),...Et(t)];for(let s of n)this.createProperty(s,t[s])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[n,s]of t)this.elementProperties.set(n,s)}this._$Eh=new Map;for(let[t,n]of this.elementProperties){let s=this._$Eu(t,n);s!==void 0&&this._$Eh.set(s,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let s of n)t.unshift(le(s))}else e!==void 0&&t.push(le(e));return t}static _$Eu(e,t){let n=t.attribute;return n===!1?void 0:typeof n=="string"?n:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Se(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),s=this.constructor._$Eu(e,n);if(s!==void 0&&n.reflect===!0){let r=(n.converter?.toAttribute!==void 0?n.converter:de).toAttribute(t,n.type);this._$Em=e,r==null?this.removeAttribute(s):this.setAttribute(s,r),this._$Em=null}}_$AK(e,t){let n=this.constructor,s=n._$Eh.get(e);if(s!==void 0&&this._$Em!==s){let r=n.getPropertyOptions(s),a=typeof r.converter=="function"?{fromAttribute:r.converter}:r.converter?.fromAttribute!==void 0?r.converter:de;this._$Em=s;let l=a.fromAttribute(t,r.type);this[s]=l??this._$Ej?.get(s)??l,this._$Em=null}}requestUpdate(e,t,n,s=!1,r){if(e!==void 0){let a=this.constructor;if(s===!1&&(r=this[e]),n??=a.getPropertyOptions(e),!((n.hasChanged??Me)(r,t)||n.useDefault&&n.reflect&&r===this._$Ej?.get(e)&&!this.hasAttribute(a._$Eu(e,n))))return;this.C(e,t,n)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:s,wrapped:r},a){n&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,a??t??this[e]),r!==!0||a!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),s===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[s,r]of this._$Ep)this[s]=r;this._$Ep=void 0}let n=this.constructor.elementProperties;if(n.size>0)for(let[s,r]of n){let{wrapped:a}=r,l=this[s];a!==!0||this._$AL.has(s)||l===void 0||this.C(s,void 0,r,l)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(n=>n.hostUpdate?.()),this.update(t)):this._$EM()}catch(n){throw e=!1,this._$EM(),n}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};w.elementStyles=[],w.shadowRootOptions={mode:"open"},w[N("elementProperties")]=new Map,w[N("finalized")]=new Map,Pt?.({ReactiveElement:w}),(Z.reactiveElementVersions??=[]).push("2.1.2");var fe=globalThis,Ce=i=>i,J=fe.trustedTypes,Pe=J?J.createPolicy("lit-html",{createHTML:i=>i}):void 0,ze="$lit$",x=`lit$${Math.random().toFixed(9).slice(2)}$`,De="?"+x,Ht=`<${De}>`,M=document,G=()=>M.createComment(""),F=i=>i===null||typeof i!="object"&&typeof i!="function",_e=Array.isArray,Tt=i=>_e(i)||typeof i?.[Symbol.iterator]=="function",ue=`[ 	
\f\r]`,U=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,He=/-->/g,Te=/>/g,L=RegExp(`>|${ue}(?:([^\\s"'>=/]+)(${ue}*=${ue}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),je=/'/g,Re=/"/g,Ie=/^(?:script|style|textarea|title)$/i,be=i=>(e,...t)=>({_$litType$:i,strings:e,values:t}),f=be(1),P=be(2),En=be(3),C=Symbol.for("lit-noChange"),m=Symbol.for("lit-nothing"),Oe=new WeakMap,E=M.createTreeWalker(M,129);function Ne(i,e){if(!_e(i)||!i.hasOwnProperty("raw"))throw Error("invalid template strings array");return Pe!==void 0?Pe.createHTML(e):e}var jt=(i,e)=>{let t=i.length-1,n=[],s,r=e===2?"<svg>":e===3?"<math>":"",a=U;for(let l=0;l<t;l++){let o=i[l],u,c,d=-1,h=0;for(;h<o.length&&(a.lastIndex=h,c=a.exec(o),c!==null);)h=a.lastIndex,a===U?c[1]==="!--"?a=He:c[1]!==void 0?a=Te:c[2]!==void 0?(Ie.test(c[2])&&(s=RegExp("</"+c[2],"g")),a=L):c[3]!==void 0&&(a=L):a===L?c[0]===">"?(a=s??U,d=-1):c[1]===void 0?d=-2:(d=a.lastIndex-c[2].length,u=c[1],a=c[3]===void 0?L:c[3]==='"'?Re:je):a===Re||a===je?a=L:a===He||a===Te?a=U:(a=L,s=void 0);let g=a===L&&i[l+1].startsWith("/>")?" ":"";r+=a===U?o+Ht:d>=0?(n.push(u),o.slice(0,d)+ze+o.slice(d)+x+g):o+x+(d===-2?l:g)}return[Ne(i,r+(i[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),n]},B=class i{constructor({strings:e,_$litType$:t},n){let s;this.parts=[];let r=0,a=0,l=e.length-1,o=this.parts,[u,c]=jt(e,t);if(this.el=i.createElement(u,n),E.currentNode=this.el.content,t===2||t===3){let d=this.el.content.firstChild;d.replaceWith(...d.childNodes)}for(;(s=E.nextNode())!==null&&o.length<l;){if(s.nodeType===1){if(s.hasAttributes())for(let d of s.getAttributeNames())if(d.endsWith(ze)){let h=c[a++],g=s.getAttribute(d).split(x),_=/([.?@])?(.*)/.exec(h);o.push({type:1,index:r,name:_[2],strings:g,ctor:_[1]==="."?me:_[1]==="?"?he:_[1]==="@"?pe:R}),s.removeAttribute(d)}else d.startsWith(x)&&(o.push({type:6,index:r}),s.removeAttribute(d));if(Ie.test(s.tagName)){let d=s.textContent.split(x),h=d.length-1;if(h>0){s.textContent=J?J.emptyScript:"";for(let g=0;g<h;g++)s.append(d[g],G()),E.nextNode(),o.push({type:2,index:++r});s.append(d[h],G())}}}else if(s.nodeType===8)if(s.data===De)o.push({type:2,index:r});else{let d=-1;for(;(d=s.data.indexOf(x,d+1))!==-1;)o.push({type:7,index:r}),d+=x.length-1}r++}}static createElement(e,t){let n=M.createElement("template");return n.innerHTML=e,n}};function j(i,e,t=i,n){if(e===C)return e;let s=n!==void 0?t._$Co?.[n]:t._$Cl,r=F(e)?void 0:e._$litDirective$;return s?.constructor!==r&&(s?._$AO?.(!1),r===void 0?s=void 0:(s=new r(i),s._$AT(i,t,n)),n!==void 0?(t._$Co??=[])[n]=s:t._$Cl=s),s!==void 0&&(e=j(i,s._$AS(i,e.values),s,n)),e}var ce=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,s=(e?.creationScope??M).importNode(t,!0);E.currentNode=s;let r=E.nextNode(),a=0,l=0,o=n[0];for(;o!==void 0;){if(a===o.index){let u;o.type===2?u=new K(r,r.nextSibling,this,e):o.type===1?u=new o.ctor(r,o.name,o.strings,this,e):o.type===6&&(u=new ge(r,this,e)),this._$AV.push(u),o=n[++l]}a!==o?.index&&(r=E.nextNode(),a++)}return E.currentNode=M,s}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings!==void 0?(n._$AI(e,n,t),t+=n.strings.length-2):n._$AI(e[t])),t++}},K=class i{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,s){this.type=2,this._$AH=m,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=s,this._$Cv=s?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=j(this,e,t),F(e)?e===m||e==null||e===""?(this._$AH!==m&&this._$AR(),this._$AH=m):e!==this._$AH&&e!==C&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):Tt(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==m&&F(this._$AH)?this._$AA.nextSibling.data=e:this.T(M.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,s=typeof n=="number"?this._$AC(e):(n.el===void 0&&(n.el=B.createElement(Ne(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===s)this._$AH.p(t);else{let r=new ce(s,this),a=r.u(this.options);r.p(t),this.T(a),this._$AH=r}}_$AC(e){let t=Oe.get(e.strings);return t===void 0&&Oe.set(e.strings,t=new B(e)),t}k(e){_e(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,n,s=0;for(let r of e)s===t.length?t.push(n=new i(this.O(G()),this.O(G()),this,this.options)):n=t[s],n._$AI(r),s++;s<t.length&&(this._$AR(n&&n._$AB.nextSibling,s),t.length=s)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let n=Ce(e).nextSibling;Ce(e).remove(),e=n}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},R=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,s,r){this.type=1,this._$AH=m,this._$AN=void 0,this.element=e,this.name=t,this._$AM=s,this.options=r,n.length>2||n[0]!==""||n[1]!==""?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=m}_$AI(e,t=this,n,s){let r=this.strings,a=!1;if(r===void 0)e=j(this,e,t,0),a=!F(e)||e!==this._$AH&&e!==C,a&&(this._$AH=e);else{let l=e,o,u;for(e=r[0],o=0;o<r.length-1;o++)u=j(this,l[n+o],t,o),u===C&&(u=this._$AH[o]),a||=!F(u)||u!==this._$AH[o],u===m?e=m:e!==m&&(e+=(u??"")+r[o+1]),this._$AH[o]=u}a&&!s&&this.j(e)}j(e){e===m?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},me=class extends R{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===m?void 0:e}},he=class extends R{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==m)}},pe=class extends R{constructor(e,t,n,s,r){super(e,t,n,s,r),this.type=5}_$AI(e,t=this){if((e=j(this,e,t,0)??m)===C)return;let n=this._$AH,s=e===m&&n!==m||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,r=e!==m&&(n===m||s);s&&this.element.removeEventListener(this.name,this,n),r&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},ge=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){j(this,e)}};var Rt=fe.litHtmlPolyfillSupport;Rt?.(B,K),(fe.litHtmlVersions??=[]).push("3.3.3");var Ue=(i,e,t)=>{let n=t?.renderBefore??e,s=n._$litPart$;if(s===void 0){let r=t?.renderBefore??null;n._$litPart$=s=new K(e.insertBefore(G(),r),r,void 0,t??{})}return s._$AI(i),s};var ve=globalThis,A=class extends w{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Ue(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return C}};A._$litElement$=!0,A.finalized=!0,ve.litElementHydrateSupport?.({LitElement:A});var Ot=ve.litElementPolyfillSupport;Ot?.({LitElement:A});(ve.litElementVersions??=[]).push("4.2.2");function Ge(i,e){return f`<div class="bars">
    ${e.bars.map(t=>zt(i,e,t))}
  </div>
  ${Nt(i,e)}`}function zt(i,e,t){let{words:n,site:s}=i,r=t.now===void 0?"–":n.ampere(t.now),a=t.free===void 0?"":n.say("free",{current:n.ampere(t.free)}),l=s.supply.entities[`current_l${t.phase+1}`];return f`<div
      class="phase ${t.limiting?"limiting":""}"
      title=${t.limiting?`${n.phase(t.phase)} ${n.say("limits")}`:m}
    >
      ${n.phase(t.phase)}
    </div>
    <svg class="bar" role="img" aria-label=${It(i,t)} height="24">
      ${Dt(i,e,t)}
    </svg>
    <button
      class="figure ${t.overloaded?"over":""}"
      data-phase=${n.phase(t.phase)}
      ?disabled=${!l}
      @click=${()=>i.open(l)}
    >
      <span class="now">${r}</span><span class="free">${a}</span>
    </button>`}function Dt(i,{scale:e,fuse:t,ceiling:n,offline:s},r){let a=d=>{let h=(d-e.from)/(e.to-e.from);return`${(100*Math.min(1,Math.max(0,h))).toFixed(2)}%`},l=(d,h)=>`${Math.max(0,Number.parseFloat(a(h))-Number.parseFloat(a(d))).toFixed(2)}%`,o=(d,h,g=0,_=24)=>d>e.to?m:P`<line class=${h} x1=${a(d)} x2=${a(d)} y1=${g} y2=${_}></line>`,u=d=>{let h=d.charger?i.colours.get(d.charger):void 0;return P`<rect
      class=${d.kind}
      x=${a(d.from)} width=${l(d.from,d.to)}
      y=${d.kind==="promised"?5:3} height=${d.kind==="promised"?14:18}
      style=${h?`--colour: ${h}`:m}
    ></rect>`},c=Math.max(0,r.house??0);return P`
    <rect class="ground" x="0" width="100%" y="3" height="18" rx="3"></rect>
    ${r.measured?m:P`<rect class="unmeasured" x="0" width="100%" y="3" height="18"></rect>`}
    ${r.segments.map(u)}
    ${e.from<0?o(0,"zero"):m}
    ${s!==void 0&&r.house!==void 0?o(c+s,"offline",15):m}
    ${n!==void 0?o(n,"ceiling"):m}
    ${o(t,"fuse")}`}function It({words:i,site:e},t){let n=i.phase(t.phase);if(t.now===void 0)return i.say("bar_unmeasured",{phase:n});let s=t.segments.filter(r=>r.kind!=="promised").map(r=>`${r.kind==="charger"?e.chargers[r.charger??""]?.name??"":i.say(r.kind==="export"?"export":"house")} ${i.ampere(r.to-r.from)}`);return i.say("bar",{phase:n,current:i.ampere(t.now),limit:i.limit(t.limit),free:i.say("free",{current:i.ampere(t.free??0)}),parts:s.join(", ")})}function Nt({words:i,site:e,colours:t},n){let s=new Set(n.bars.flatMap(l=>l.segments.map(o=>o.kind))),r=Object.entries(e.chargers),a=(l,o,u)=>f`<li>
      <i class=${l} style=${u?`--colour: ${u}`:m}></i>${o}
    </li>`;return f`<ul class="legend">
    ${e.supply.metered?a("house",i.say("house")):m}
    ${s.has("export")?a("export",i.say("export")):m}
    ${r.length<=t.size&&r.length<=6?r.map(([l,o])=>a("charger",o.name??"",t.get(l))):m}
    ${s.has("promised")?a("promised",i.say("promised")):m}
    ${a("fuse",i.say("fuse"))}
    ${n.ceiling!==void 0?a("ceiling",i.say("ceiling")):m}
    ${n.offline!==void 0?a("offline",i.say("offline_limit")):m}
  </ul>`}var y="supply";function ye(i){return!!(i.supply&&i.groups&&i.chargers&&i.now)}var Ut=1.6,H=.05,Fe=["#0072b2","#e69f00","#009e73","#cc79a7","#56b4e9","#d55e00"];function Be(i){let e=Object.keys(i.chargers);return new Map(e.map((t,n)=>[t,Fe[n%Fe.length]]))}function Ke(i,e,t){let n=i;return e.map(s=>{let r=n;return n=t===void 0?n+s:Math.min(n+s,Math.max(t,n)),{from:r,to:n}})}function We(i){let e=Object.keys(i.chargers).flatMap(l=>{let o=i.now.chargers[l];return o?[{id:l,charging:o,wiring:i.chargers[l].wiring}]:[]}),t=i.now.nodes[y],n=i.supply.fuse,s=t?.limit??n,r=X(i),a=i.supply.phases.map(l=>{let o=t?.worth?.[l]?.worth??"measured",u=i.supply.metered,c=t?.current?.[l],d=[],h=0,g=t?.house?.[l];if(g!==void 0&&Math.abs(g)>=H){let p=g<0?"export":"house";d.push({kind:p,from:Math.min(0,g),to:Math.max(0,g)}),h=g}let _=e.map(({charging:p})=>p.drawn[l]);Ke(g??0,_,c).forEach((p,b)=>{p.to-p.from<H||(d.push({kind:"charger",charger:e[b].id,...p}),h=p.to)});for(let{id:p,charging:b,wiring:$}of e){if(!O(b.status)||!$.includes(l))continue;let D=b.status!=="charging"||b.drawn[l]>=H,S=b.allocated-b.drawn[l];!D||S<H*4||(d.push({kind:"promised",charger:p,from:h,to:h+S}),h+=S)}let v=c??(u?void 0:Bt(i,l));return{phase:l,now:v,limit:s,free:v===void 0?void 0:Math.max(0,s-v),house:g,segments:d,limiting:l===r,overloaded:!!t?.overloaded&&(v??0)>s,measured:o!=="not_measured"}});return{scale:Gt(a,n),bars:a,fuse:n,ceiling:s<n-H?s:void 0,offline:Ft(i)}}function Gt(i,e){let t=Math.min(0,...i.map(s=>s.house??0)),n=Math.max(...i.map(s=>s.now??0),0);return{from:t<-H?Math.floor(t/(e/5))*(e/5):0,to:Math.max(Ut*e,Math.ceil(n/(e/5))*(e/5))}}function Ft(i){let e=Object.values(i.groups).filter(t=>t.parent===y);if(!(!i.supply.metered||!e.length))return e.reduce((t,n)=>t+n.offline,0)}function Bt(i,e){return Object.values(i.now.chargers).reduce((t,n)=>t+n.drawn[e],0)}function O(i){return i==="charging"||i==="waiting"}function X(i){let e=Object.values(i.now.chargers).filter(n=>O(n.status));if(!e.length)return;let t=i.now.nodes[y]?.limiting;return t!==void 0?t:e.find(n=>n.node===y&&n.phase!==void 0)?.phase}function Kt(i,e){if(i.current)return i.current[e];let t=Object.values(i.drawn).reduce((n,s)=>n+s[e],0);return(i.house?.[e]??0)+t}function Ve(i,e,t){let n=e.points,s=n.at(-1);if(!s)return;let r=i.supply.phases,a=r.map(g=>Math.max(...n.map(_=>Kt(_,g)))),l=Math.max(...a),o=r[a.indexOf(l)]??0,u=Object.keys(i.chargers).filter(g=>n.some(_=>(_.drawn[g]?.[o]??0)>=H)),c=n.map(g=>{let _=u.map(v=>g.drawn[v]?.[o]??0);return Ke(g.house?.[o]??0,_,g.current?.[o])}),d=[{steps:n.map(({t:g,house:_})=>({t:g,from:0,to:_?.[o]??0}))},...u.map((g,_)=>({charger:g,steps:n.map(({t:v},p)=>({t:v,...c[p][_]}))}))],h=Math.min(0,...n.map(g=>g.house?.[o]??0));return{phase:o,layers:d,peak:l,lowest:h,begin:s.t-t,end:s.t}}function qe(i){let e=Object.entries(i.groups).map(([n,s])=>{let r=new Set([n,...Ye(i,n)]),a=Object.entries(i.chargers).filter(([,c])=>r.has(c.group)),l=c=>a.reduce((d,[h])=>d+(i.now.chargers[h]?.drawn[c]??0),0),o=i.now.nodes[n],u=o?.current??s.phases.map(l);return{id:n,used:Math.max(0,...u),limit:o?.limit??s.online,charging:a.filter(([c])=>i.now.chargers[c]?.status==="charging").length,overloaded:!!o?.overloaded,chargers:Object.keys(i.chargers).filter(c=>i.chargers[c]?.group===n)}}),t=n=>n.limit>0?n.used/n.limit:0;return e.filter(n=>n.chargers.length>0||e.length===1).sort((n,s)=>t(s)-t(n))}function Ye(i,e,t=new Set){let n=Object.keys(i.groups).filter(s=>i.groups[s]?.parent===e&&!t.has(s));for(let s of n)t.add(s);return n.flatMap(s=>[s,...Ye(i,s,t)])}var Wt=["no_room","overload","release_pending"],Vt=["waiting_turn"],qt=["ceiling","power_window","grid_operator","unbalance","surplus","user_limit","meter_stale","meter_offline","raise_held"],W=(i,e)=>i.chargers[e]?.name??i.groups[e]?.name??i.supply.name??e;function Ze(i,e){let t=i.now.nodes[y],n=Xe(i);if(n!==void 0&&t?.current)return e.say("s_overload",{phase:e.phase(n),current:e.ampere(t.current[n]),limit:e.limit(t.limit)});let s=Object.values(i.groups);if(s.length&&s.every(d=>!d.active))return e.say("s_off");if(t?.trust==="offline")return e.say("s_no_meter");let r=Object.entries(i.now.chargers),a=r.filter(([,d])=>O(d.status));if(!a.length){let d=r.some(([,h])=>h.status==="full");return e.say(d?"s_idle":"s_no_car")}let l=a.filter(([,d])=>d.paused&&Wt.includes(d.reason));if(l.length){let d=l[0][1].phase??X(i),h=e.names(l.map(([g])=>W(i,g)));return d===void 0?e.reason(l[0][1].reason):l.length===1?e.say("s_waits",{phase:e.phase(d),names:h}):e.say("s_wait_many",{phase:e.phase(d),count:`${l.length}`})}if(a.some(([,d])=>Vt.includes(d.reason)))return e.say("s_turns");let o=a.find(([,d])=>d.paused);if(o)return e.say("s_reason",{name:W(i,o[0]),reason:e.reason(o[1].reason)});let u=X(i);if(u!==void 0)return e.say("s_limits",{phase:e.phase(u)});let c=a.filter(([,d])=>qt.includes(d.reason));if(c.length){let d=e.names(c.map(([_])=>W(i,_))),[h,...g]=new Set(c.map(([,_])=>_.reason));return g.length?e.say("s_held",{names:d}):e.say("s_reason",{name:d,reason:e.reason(h)})}return e.say(a.some(([,d])=>d.status==="charging")?"s_charges":"s_idle")}function Je(i,e){let t=[],n=(l,o,u={})=>{t.push({level:l,text:e.say(o,u)})},s=i.now.nodes[y],r=Xe(i);s&&r!==void 0&&n("alarm","b_overload",{phase:e.phase(r),limit:e.limit(s.limit)});for(let l of Object.keys(i.groups))i.now.nodes[l]?.overloaded&&r===void 0&&n("alarm","b_group_overload",{name:W(i,l)});for(let{worth:l}of Object.values(i.now.nodes))l?.forEach((o,u)=>{if(o.worth==="not_measured"){let c=o.on===void 0?"":e.phase(o.on),d=e.say(`d_${o.doubt??""}`,{on:c});n("alarm","b_not_measured",{phase:e.phase(u),doubt:d})}else o.worth==="bounded"&&o.doubt&&n("note","b_bounded",{phase:e.phase(u)})});s?.trust==="offline"&&n("alarm","b_offline"),s?.trust==="stale"&&n("warning","b_stale"),s?.trust==="starting"&&n("note","b_starting");for(let[l,o]of Object.entries(i.groups))o.active||n("warning","b_off",{name:W(i,l)});let a={alarm:0,warning:1,note:2};return t.sort((l,o)=>a[l.level]-a[o.level])}function Xe(i){let e=i.now.nodes[y];if(!e?.overloaded||!e.current)return;let t=Math.max(...e.current);return e.current.indexOf(t)}function Qe(i,e,t){let n=i.now.chargers[e];if(!n)return"";let s=t.reason(n.reason);if(n.phase===void 0||n.node===void 0)return s;let r=n.node===y?t.say("fuse"):i.groups[n.node]?.name??t.say("fuse");return t.say("because",{reason:s,phase:t.phase(n.phase),node:r})}var et=6,Yt=12,Zt="no_request",Jt=[1,2,3,4,5,6,7,8,9];function tt(i,e,t){let n=Object.keys(i.site.chargers).length,s=r=>r.chargers.length?f`<div class="rows">${r.chargers.map(a=>Qt(i,a,t))}</div>`:f`<p class="quiet">${i.words.say("no_chargers")}</p>`;return e.length===1&&n<=et?s(e[0]):e.map((r,a)=>{let l=n<=et||a===0&&r.chargers.length<=Yt,o=t.isOpen(r.id,l);return f`<section class="group">
      <button
        class="fold"
        aria-expanded=${o?"true":"false"}
        @click=${()=>t.fold(r.id,!o)}
      >
        <span class="arrow" aria-hidden="true"></span>
        <span class="name">${i.site.groups[r.id]?.name??""}</span>
        <span class="line ${r.overloaded?"over":""}">${Xt(i,r)}</span>
      </button>
      ${o?s(r):m}
    </section>`})}function Xt({words:i},e){return i.say("group_line",{used:i.ampere(e.used),limit:i.limit(e.limit),count:`${e.charging}`})}function Qt(i,e,t){let{site:n,words:s}=i,r=n.chargers[e],a=n.now.chargers[e];if(!r||!a)return m;let l=a.reason!=="inactive",o=l?a.status:"inactive",u=Math.max(...a.drawn),c=a.drawn.flatMap((d,h)=>d>=.5?[s.phase(h)]:[]);return f`<div class="row" data-charger=${e}>
    <i class="sign" style="--colour: ${i.colours.get(e)}" aria-hidden="true"></i>
    <div class="who">
      <h3>${r.name??""}</h3>
      <span class="state">
        ${s.say(`c_${o}`)}${c.length?` · ${c.join(" ")}`:m}
      </span>
      <span class="why">${en(i,e,a,t.now)}</span>
    </div>
    <button
      class="figure"
      ?disabled=${!r.entities.drawn_current}
      @click=${()=>i.open(r.entities.drawn_current)}
    >
      <span class="now">${s.ampere(u)}</span>
      ${l?f`<span class="free">
            ${s.say("of_allocated",{current:s.limit(a.allocated)})}
          </span>`:m}
      ${a.power===void 0?m:f`<span class="free power">${s.kilowatt(a.power)}</span>`}
    </button>
    ${t.shown?tn(i,r,a,t):m}
  </div>`}function en(i,e,t,n){let{words:s}=i,a=["not_connected","not_wanted","inactive"].includes(t.reason)?[]:[Qe(i.site,e,s)];t.starts!==void 0&&t.starts>n&&O(t.status)&&a.push(s.say("starts",{time:s.clock(t.starts),left:s.countdown(t.starts,n)})),t.boosted!==void 0&&t.boosted>n&&a.push(s.say("boosted",{time:s.clock(t.boosted)})),t.user_limit!==void 0&&a.push(s.say("limited_to",{limit:s.limit(t.user_limit)}));let l=i.site.now.ceilings.filter(({target:o,name:u})=>o===e&&u!==Zt);if(t.reason==="ceiling"&&l.length){let{current:o,end:u}=l.reduce((c,d)=>d.current<c.current?d:c);a.push(s.say("ceiling_until",{limit:s.limit(o),time:s.clock(u)}))}return!t.follows&&t.reason!=="not_following"&&a.push(s.reason("not_following")),a.map(o=>f`<span>${o}</span>`)}function tn({words:i},e,t,n){let s=l=>()=>n.call("button","press",{entity_id:e.entities[l]}),r=e.name??"",a=t.boosted!==void 0&&t.boosted>n.now;return f`<div class="buttons">
    ${a?we(i.say("end_boost"),r,()=>n.call("amp_guard","end_boost",{device_id:e.device})):e.entities.charge_now?we(i.of("button.charge_now.name"),r,s("charge_now")):m}
    ${t.user_limit!==void 0&&e.entities.release_user_limit?we(i.of("button.release_user_limit.name"),r,s("release_user_limit")):m}
    <label class="priority">
      <span>${i.of("select.priority.name")}</span>
      <select
        aria-label="${i.of("select.priority.name")}, ${r}"
        @change=${l=>n.call("amp_guard","set_priority",{device_id:e.device,priority:Number(l.target.value)})}
      >
        ${Jt.map(l=>f`<option value=${l} .selected=${l===e.priority}>${l}</option>`)}
      </select>
    </label>
  </div>`}function we(i,e,t){return f`<button class="press" aria-label="${i}, ${e}" @click=${t}>${i}</button>`}var nt=[500,1e3,2e3,5e3,1e4];function rt(i,e){if(!it(e))return e;let t=it(i)?{...i}:{};for(let[n,s]of Object.entries(e))s===null?delete t[n]:t[n]=rt(t[n],s);return t}function it(i){return typeof i=="object"&&i!==null&&!Array.isArray(i)}function nn(i,e){let t=new Map(i.points.map(l=>[l.t,l]));for(let l of e.points??[])t.set(l.t,l);let n=[...t.values()].sort((l,o)=>l.t-o.t),s=[...i.events,...e.events??[]],r=Math.max(n.at(-1)?.t??0,s.at(-1)?.t??0),a=l=>l.t>=r-900;return{points:n.filter(a),events:s.filter(a)}}var ke=class{constructor(e){this.connection=e;this.status="waiting";this.sites={};this.minutes={};this.messages=0;this.toldAt=0;this.ahead=0;this.listeners=new Set;this.tries=0;this.generation=0;this.onReady=()=>{this.tries=0,this.subscribe()};this.onLost=()=>{this.generation++,this.unsubscribe=void 0,clearTimeout(this.timer),this.become("lost")}}follow(e){return this.listeners.add(e),this.listeners.size===1&&this.open(),()=>{this.listeners.delete(e),this.listeners.size===0&&this.close()}}get now(){return(Date.now()+this.ahead)/1e3}open(){this.connection.addEventListener("ready",this.onReady),this.connection.addEventListener("disconnected",this.onLost),this.subscribe()}close(){this.connection.removeEventListener("ready",this.onReady),this.connection.removeEventListener("disconnected",this.onLost),this.generation++,clearTimeout(this.timer),this.unsubscribe?.().catch(()=>{}),this.unsubscribe=void 0,this.status="waiting"}async subscribe(){let e=++this.generation,t=()=>e===this.generation;clearTimeout(this.timer);try{let n=await this.connection.subscribeMessage(s=>t()&&this.take(s),{type:"amp_guard/subscribe"},{resubscribe:!1});t()?this.unsubscribe=n:n().catch(()=>{}),this.tries=0}catch{if(!t())return;this.tries>3&&this.become("unknown_command");let n=nt[Math.min(this.tries++,nt.length-1)];this.timer=setTimeout(()=>{this.subscribe()},n)}}take(e){if(this.messages++,e.time!==void 0&&(this.ahead=1e3*e.time-Date.now()),this.toldAt=this.now,e.format!==void 0&&(this.sites={},this.minutes={},this.version=e.card,this.status=e.format===1?"told":"old_card"),this.status==="told"){e.sites&&(this.sites=rt(this.sites,e.sites));for(let[t,n]of Object.entries(e.history??{}))this.minutes[t]=nn(this.minutes[t]??{points:[],events:[]},n)}this.tell()}become(e){this.status=e,this.tell()}tell(){for(let e of[...this.listeners])e()}},st=new WeakMap;function Q(i){let e=st.get(i);return e||st.set(i,e=new ke(i)),e}function ee(){return document.querySelector("home-assistant")?.hass}function at(i,e){let t=Object.entries(i.now.limits??{}).flatMap(([n,{power:s,binds:r}])=>{let a=i.limits?.[n];if(!a)return[];let{name:l}=a,o=s===void 0?e.say("limit_between",{name:l,figure:e.limit(a.current??0)}):e.say("limit_together",{name:l,figure:e.kilowatt(s)}),u=e.names(r.map(c=>i.chargers[c]?.name??c));return[r.length?e.say("limit_binds",{limit:o,names:u}):o]});return[...new Set(t)]}var V=600,te=120,lt=5,sn=new Set(["overload","not_following","fallback_entered"]);function ut(i,e){let{site:t,words:n}=i,s=Ve(t,e,900);if(!s)return m;let r=t.supply.fuse,a=Math.max(r*1.2,s.peak*1.05),l=d=>(d-s.begin)/900*V,o=d=>te-(d-s.lowest)/(a-s.lowest)*te,u=n.say("chart",{phase:n.phase(s.phase),peak:n.ampere(s.peak),limit:n.limit(r)}),c=e.events.at(-1);return f`<figure class="minutes">
    <figcaption>
      <span>${n.say("chart_title",{phase:n.phase(s.phase)})}</span>
    </figcaption>
    <svg role="img" aria-label=${u} viewBox="0 0 ${V} ${te}" preserveAspectRatio="none">
      ${s.layers.map(d=>P`<path
          class=${d.charger?"charger":"house"}
          style=${d.charger?`--colour: ${i.colours.get(d.charger)}`:m}
          d=${rn(d,l,o)}
        ></path>`)}
      <line class="zero" x1="0" x2=${V} y1=${o(0)} y2=${o(0)}></line>
      <line class="fuse" x1="0" x2=${V} y1=${o(r)} y2=${o(r)}></line>
    </svg>
    <div class="dots">
      ${e.events.filter(d=>d.t>=s.begin).map(d=>f`<span
            class="dot ${sn.has(d.type)?"alarm":""}"
            title=${dt(i,d)}
            style="left: ${(l(d.t)/V*100).toFixed(1)}%; top: ${(o(r)/te*100).toFixed(1)}%"
          ></span>`)}
    </div>
    <div class="axis"><span>${n.say("minutes_ago")}</span><span>${n.say("now")}</span></div>
    ${c?f`<p class="newest">${dt(i,c)}</p>`:m}
  </figure>`}function rn(i,e,t){let n=i.steps;if(!n.some(a=>a.from!==a.to))return"";let s=(a,l)=>`${e(a).toFixed(1)} ${t(l).toFixed(1)}`,r=a=>{let l=n[a+1]?.t??1/0,o=n[a].t+lt;return l-n[a].t<=3*lt?l:o};return n.map((a,l)=>{if(a.from===a.to)return"";let o=Math.min(r(l),n.at(-1).t);return`M${s(a.t,a.from)}L${s(a.t,a.to)} ${s(o,a.to)} ${s(o,a.from)}Z`}).join("")}function dt({site:i,words:e},t){let n=i.chargers[t.target],s=(n??i.groups[t.target])?.name??i.title??"",r=n?"charging":"fuse",a=e.of(`event.${r}.state_attributes.event_type.state.${t.type}`);return e.say("event_at",{time:e.clock(t.t),name:s,event:a||t.type})}var ct=oe`
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
`;var mt={main_fuse:"Hovedsikring {limit}",free:"{current} ledig",house:"Huset",fuse:"Sikring",ceiling:"Midlertidigt loft",offline_limit:"Grænse uden måleren",promised:"Tildelt, ikke trukket",export:"Eksport",limits:"begrænser",of_allocated:"af {current}",because:"{reason} ({phase}, {node})",starts:"Starter tidligst {time}, om {left}",boosted:"Først indtil {time}",end_boost:"Ikke længere først",limited_to:"Begrænset til {limit} i laderen",limit_together:"{name}: laderne tilsammen {figure}",limit_between:"{name}: {figure} mellem faserne",limit_binds:"{limit} · begrænser {names}",ceiling_until:"Højst {limit} til {time}",bar:"{phase}: {current} af {limit}, {free}. {parts}",bar_unmeasured:"{phase}: ukendt",chart:"De seneste 15 minutter på {phase}, den mest belastede fase: højst {peak}, sikringen tåler {limit}",chart_title:"{phase}, mest belastede fase",minutes_ago:"−15 min",now:"nu",event_at:"{time} {name}: {event}",group_line:"{used} af {limit} · {count} oplader",no_chargers:"Ingen ladere i denne gruppe",s_overload:"{phase} fører {current}, sikringen tåler {limit}",s_no_meter:"Måleren er væk",s_off:"Lastbalanceringen er slået fra",s_waits:"{phase} er fuld: {names} venter",s_wait_many:"{phase} er fuld: {count} ladere venter",s_turns:"Ikke alle kan være der: laderne skiftes",s_reason:"{name}: {reason}",s_limits:"{phase} afgør, hvor meget der er",s_held:"{names} holdes tilbage",s_charges:"Oplader uden hindringer",s_no_car:"Ingen bil er tilsluttet",s_idle:"Ingen bil oplader",b_overload:"Overbelastning: {phase} fører mere, end sikringen er lavet til ({limit}). Laderne sænkes.",b_group_overload:"Overbelastning i {name}. Laderne sænkes.",b_not_measured:"{phase} måles ikke: {doubt} Laderne holdes til det, de må bruge uden måleren.",b_bounded:"{phase} måles ikke selv; de to andre ledere begrænser den.",b_offline:"Måleren er offline. Laderne deler det, de må bruge uden den.",b_stale:"Måleren er tavs. Intet hæves.",b_starting:"Måleren er lige kommet. Intet hæves endnu.",b_undecided:"Intet er besluttet. Laderne holder sig til deres offlinegrænser.",b_off:"Lastbalanceringen af {name} er slået fra: intet holder dens ladere under sikringen.",b_lost:"Forbindelsen til Home Assistant er afbrudt. Sådan var det {time}.",b_old_card:"En anden version af kortet er installeret. Genindlæs siden.",reload:"Genindlæs",m_waiting:"Venter på Home Assistant …",m_none:"Ingen eltilslutning er sat op. Tilføj Amp Guard under Indstillinger, Enheder og tjenester.",m_gone:"Denne eltilslutning er ikke længere sat op. Vælg en anden i kortets indstillinger.",m_not_loaded:"{title} kører ikke. Se Indstillinger, Enheder og tjenester, Amp Guard.",m_forbidden:"Du har ikke ret til at se denne eltilslutning.",m_unknown_command:"Integrationen Amp Guard kører ikke, eller er ældre end kortet. Genstart Home Assistant.",failed:"Det mislykkedes: {error}",c_disconnected:"Ingen bil",c_waiting:"Bilen venter",c_charging:"Oplader",c_full:"Vil ikke oplade",c_fault:"Fejl",c_unknown:"Ukendt tilstand",c_lost:"Kan ikke nås",c_inactive:"Balanceres ikke",d_not_sent:"måleren sender intet om den.",d_impossible:"den modsiger de to andre ledere.",d_stands_still:"den følger ikke med, når laderne trækker mere eller mindre.",d_below_chargers:"den viser mindre, end laderne trækker.",d_turned:"dens strømsensor vender forkert.",d_swapped:"{on} svarer i stedet.",d_:"hvorfor vides ikke.",card_description:"Hovedsikringen, det der belaster den, og hver lader",f_entry_id:"Eltilslutning",f_hide_minutes:"Skjul de seneste 15 minutter",f_hide_controls:"Skjul knapper og prioritet",v_site:"Hovedsikring",v_history:"Historik",v_energy:"Energi",v_events:"Hændelser",v_settings:"Indstillinger",strategy_description:"Hovedsikringen, laderne, deres historik, energi og indstillinger"};var ht={main_fuse:"Hauptsicherung {limit}",free:"{current} frei",house:"Haus",fuse:"Sicherung",ceiling:"Befristete Obergrenze",offline_limit:"Grenze ohne Messgerät",promised:"Zugeteilt, nicht gezogen",export:"Einspeisung",limits:"begrenzt",of_allocated:"von {current}",because:"{reason} ({phase}, {node})",starts:"Beginnt frühestens um {time}, in {left}",boosted:"Vorrang bis {time}",end_boost:"Kein Vorrang mehr",limited_to:"An der Ladestation auf {limit} begrenzt",limit_together:"{name}: die Ladestationen zusammen {figure}",limit_between:"{name}: {figure} zwischen den Phasen",limit_binds:"{limit} · begrenzt {names}",ceiling_until:"Höchstens {limit} bis {time}",bar:"{phase}: {current} von {limit}, {free}. {parts}",bar_unmeasured:"{phase}: nicht bekannt",chart:"Die letzten 15 Minuten auf {phase}, der vollsten Phase: höchstens {peak}, die Sicherung trägt {limit}",chart_title:"{phase}, die vollste Phase",minutes_ago:"−15 min",now:"jetzt",event_at:"{time} {name}: {event}",group_line:"{used} von {limit} · {count} laden",no_chargers:"Keine Ladestationen in dieser Gruppe",s_overload:"{phase} führt {current}, die Sicherung trägt {limit}",s_no_meter:"Das Messgerät ist weg",s_off:"Lastmanagement ist aus",s_waits:"{phase} ist voll: {names} wartet",s_wait_many:"{phase} ist voll: {count} Ladestationen warten",s_turns:"Nicht alle passen: Die Ladestationen wechseln sich ab",s_reason:"{name}: {reason}",s_limits:"{phase} bestimmt, wie viel da ist",s_held:"{names} wird begrenzt",s_charges:"Lädt ungehindert",s_no_car:"Kein Auto ist angeschlossen",s_idle:"Kein Auto lädt",b_overload:"Überlast: {phase} führt mehr, als die Sicherung trägt ({limit}). Die Ladestationen werden gedrosselt.",b_group_overload:"Überlast in {name}. Die Ladestationen werden gedrosselt.",b_not_measured:"{phase} wird nicht gemessen: {doubt} Die Ladestationen werden auf das begrenzt, was sie ohne Messgerät nutzen dürfen.",b_bounded:"{phase} wird nicht selbst gemessen; die beiden anderen Leiter grenzen sie ein.",b_offline:"Das Messgerät ist offline. Die Ladestationen teilen, was sie ohne es nutzen dürfen.",b_stale:"Das Messgerät sendet nichts. Nichts wird erhöht.",b_starting:"Das Messgerät ist gerade erst da. Noch wird nichts erhöht.",b_undecided:"Nichts ist entschieden. Die Ladestationen bleiben bei ihren Offline-Grenzen.",b_off:"Das Lastmanagement von {name} ist aus: Nichts hält seine Ladestationen unter der Sicherung.",b_lost:"Die Verbindung zu Home Assistant ist unterbrochen. So war es um {time}.",b_old_card:"Eine andere Version der Karte ist installiert. Laden Sie die Seite neu.",reload:"Neu laden",m_waiting:"Warten auf Home Assistant …",m_none:"Kein Hausanschluss ist eingerichtet. Fügen Sie Amp Guard unter Einstellungen, Geräte & Dienste hinzu.",m_gone:"Dieser Hausanschluss ist nicht mehr eingerichtet. Wählen Sie in den Einstellungen der Karte einen anderen.",m_not_loaded:"{title} läuft nicht. Siehe Einstellungen, Geräte & Dienste, Amp Guard.",m_forbidden:"Sie dürfen diesen Hausanschluss nicht sehen.",m_unknown_command:"Die Integration Amp Guard läuft nicht oder ist älter als diese Karte. Starten Sie Home Assistant neu.",failed:"Das ist fehlgeschlagen: {error}",c_disconnected:"Kein Auto",c_waiting:"Auto wartet",c_charging:"Lädt",c_full:"Will nicht laden",c_fault:"Störung",c_unknown:"Zustand unbekannt",c_lost:"Nicht erreichbar",c_inactive:"Nicht im Lastmanagement",d_not_sent:"das Messgerät sendet nichts davon.",d_impossible:"sie widerspricht den beiden anderen Leitern.",d_stands_still:"sie folgt nicht, wenn die Ladestationen mehr oder weniger ziehen.",d_below_chargers:"sie zeigt weniger, als die Ladestationen ziehen.",d_turned:"ihr Stromsensor ist verkehrt herum.",d_swapped:"{on} antwortet an ihrer Stelle.",d_:"warum, ist nicht bekannt.",card_description:"Die Hauptsicherung, was sie belastet, und jede Ladestation",f_entry_id:"Hausanschluss",f_hide_minutes:"Die letzten 15 Minuten ausblenden",f_hide_controls:"Tasten und Priorität ausblenden",v_site:"Hauptsicherung",v_history:"Verlauf",v_energy:"Energie",v_events:"Ereignisse",v_settings:"Einstellungen",strategy_description:"Die Hauptsicherung, die Ladestationen, ihr Verlauf, ihre Energie und Einstellungen"};var pt={main_fuse:"Main fuse {limit}",free:"{current} free",house:"House",fuse:"Fuse",ceiling:"Temporary ceiling",offline_limit:"Limit without the meter",promised:"Allocated, not drawn",export:"Export",limits:"limits",of_allocated:"of {current}",because:"{reason} ({phase}, {node})",starts:"Starts at {time} at the earliest, in {left}",boosted:"First until {time}",end_boost:"No longer first",limited_to:"Limited to {limit} at the charger",limit_together:"{name}: the chargers together {figure}",limit_between:"{name}: {figure} between the phases",limit_binds:"{limit} · limits {names}",ceiling_until:"At most {limit} until {time}",bar:"{phase}: {current} of {limit}, {free}. {parts}",bar_unmeasured:"{phase}: not known",chart:"The last 15 minutes on {phase}, the fullest phase: {peak} at most, the fuse carries {limit}",chart_title:"{phase}, the fullest phase",minutes_ago:"−15 min",now:"now",event_at:"{time} {name}: {event}",group_line:"{used} of {limit} · {count} charging",no_chargers:"No chargers in this group",s_overload:"{phase} carries {current}, the fuse {limit}",s_no_meter:"The meter is away",s_off:"Load balancing is off",s_waits:"{phase} is full: {names} waits",s_wait_many:"{phase} is full: {count} chargers wait",s_turns:"Not all fit: the chargers take turns",s_reason:"{name}: {reason}",s_limits:"{phase} sets how much there is",s_held:"{names} is held back",s_charges:"Charging with nothing in the way",s_no_car:"No car is connected",s_idle:"No car charges",b_overload:"Overload: {phase} carries more than the fuse is made for ({limit}). The chargers are cut.",b_group_overload:"Overload in {name}. The chargers are cut.",b_not_measured:"{phase} is not measured: {doubt} The chargers are held to what they may use without the meter.",b_bounded:"{phase} is not measured itself; the two other lines bound it.",b_offline:"The meter is offline. The chargers share what they may use without it.",b_stale:"The meter is silent. Nothing is raised.",b_starting:"The meter has just come. Nothing is raised yet.",b_undecided:"Nothing is decided. The chargers keep to their offline limits.",b_off:"Load balancing of {name} is off: nothing keeps its chargers under the fuse.",b_lost:"The connection to Home Assistant is lost. This is how it was at {time}.",b_old_card:"Another version of the card is installed. Reload the page.",reload:"Reload",m_waiting:"Waiting for Home Assistant …",m_none:"No supply is set up. Add Amp Guard under Settings, Devices & services.",m_gone:"This supply is no longer set up. Choose another one in the settings of this card.",m_not_loaded:"{title} is not running. See Settings, Devices & services, Amp Guard.",m_forbidden:"You have no right to see this supply.",m_unknown_command:"The Amp Guard integration is not running, or older than this card. Restart Home Assistant.",failed:"That failed: {error}",c_disconnected:"No car",c_waiting:"Car waits",c_charging:"Charging",c_full:"Does not ask",c_fault:"Fault",c_unknown:"State unknown",c_lost:"Cannot be reached",c_inactive:"Not balanced",d_not_sent:"the meter sends nothing of it.",d_impossible:"it contradicts the two other lines.",d_stands_still:"it does not follow when the chargers draw more or less.",d_below_chargers:"it shows less than the chargers draw.",d_turned:"its current sensor is turned round.",d_swapped:"{on} answers in its place.",d_:"it is not known why.",card_description:"The main fuse, what loads it, and each charger",f_entry_id:"Supply",f_hide_minutes:"Hide the last 15 minutes",f_hide_controls:"Hide buttons and priority",v_site:"Main fuse",v_history:"History",v_energy:"Energy",v_events:"Events",v_settings:"Settings",strategy_description:"The main fuse, the chargers, their history, energy and settings"};var gt={main_fuse:"Pääsulake {limit}",free:"{current} vapaana",house:"Talo",fuse:"Sulake",ceiling:"Tilapäinen virtakatto",offline_limit:"Raja ilman mittaria",promised:"Myönnetty, ei käytetty",export:"Vienti",limits:"rajoittaa",of_allocated:"/ {current}",because:"{reason} ({phase}, {node})",starts:"Alkaa aikaisintaan {time}, aikaa {left}",boosted:"Etusija {time} asti",end_boost:"Ei enää etusijaa",limited_to:"Rajoitettu latauslaitteessa: {limit}",limit_together:"{name}: latauslaitteet yhteensä {figure}",limit_between:"{name}: {figure} vaiheiden välillä",limit_binds:"{limit} · rajoittaa: {names}",ceiling_until:"Enintään {limit}, {time} asti",bar:"{phase}: {current} / {limit}, {free}. {parts}",bar_unmeasured:"{phase}: ei tiedossa",chart:"Viimeiset 15 minuuttia vaiheella {phase}, joka on kuormitetuin: enintään {peak}, sulake kestää {limit}",chart_title:"{phase}, kuormitetuin vaihe",minutes_ago:"−15 min",now:"nyt",event_at:"{time} {name}: {event}",group_line:"{used} / {limit} · {count} lataa",no_chargers:"Ryhmässä ei ole latauslaitteita",s_overload:"{phase}: {current}, sulake kestää {limit}",s_no_meter:"Mittari on poissa",s_off:"Kuormanhallinta on pois päältä",s_waits:"{phase} on täynnä: {names} odottaa",s_wait_many:"{phase} on täynnä: {count} latauslaitetta odottaa",s_turns:"Kaikki eivät mahdu: latauslaitteet vuorottelevat",s_reason:"{name}: {reason}",s_limits:"{phase} määrää, paljonko virtaa on",s_held:"Rajoitettu: {names}",s_charges:"Lataa esteittä",s_no_car:"Autoa ei ole kytketty",s_idle:"Mikään auto ei lataa",b_overload:"Ylikuormitus: vaihe {phase} kantaa enemmän kuin sulake on tehty kestämään ({limit}). Latausta pienennetään.",b_group_overload:"Ylikuormitus: {name}. Latausta pienennetään.",b_not_measured:"Vaihetta {phase} ei mitata: {doubt} Latauslaitteet pidetään siinä, mitä ne saavat käyttää ilman mittaria.",b_bounded:"Vaihetta {phase} ei mitata itse; kaksi muuta johdinta rajaavat sen.",b_offline:"Mittari on offline. Latauslaitteet jakavat sen, mitä ne saavat käyttää ilman sitä.",b_stale:"Mittari ei lähetä tietoja. Mitään ei nosteta.",b_starting:"Mittari on juuri tullut. Mitään ei vielä nosteta.",b_undecided:"Mitään ei ole päätetty. Latauslaitteet pysyvät offline-rajoissaan.",b_off:"Kuormanhallinta on pois päältä ({name}): mikään ei pidä latauslaitteita sulakkeen alla.",b_lost:"Yhteys Home Assistantiin on katkennut. Tilanne oli tämä klo {time}.",b_old_card:"Kortista on asennettu toinen versio. Lataa sivu uudelleen.",reload:"Lataa uudelleen",m_waiting:"Odotetaan Home Assistantia …",m_none:"Liittymää ei ole otettu käyttöön. Lisää Amp Guard kohdassa Asetukset, Laitteet ja palvelut.",m_gone:"Tämä liittymä ei ole enää käytössä. Valitse toinen kortin asetuksissa.",m_not_loaded:"{title} ei ole käynnissä. Katso Asetukset, Laitteet ja palvelut, Amp Guard.",m_forbidden:"Sinulla ei ole oikeutta nähdä tätä liittymää.",m_unknown_command:"Amp Guard -integraatio ei ole käynnissä tai on korttia vanhempi. Käynnistä Home Assistant uudelleen.",failed:"Se epäonnistui: {error}",c_disconnected:"Ei autoa",c_waiting:"Auto odottaa",c_charging:"Lataa",c_full:"Ei halua ladata",c_fault:"Vika",c_unknown:"Tila ei tiedossa",c_lost:"Ei yhteyttä",c_inactive:"Ei hallinnassa",d_not_sent:"mittari ei lähetä siitä mitään.",d_impossible:"se on ristiriidassa kahden muun johtimen kanssa.",d_stands_still:"se ei seuraa, kun latauslaitteet käyttävät enemmän tai vähemmän.",d_below_chargers:"se näyttää vähemmän kuin latauslaitteet käyttävät.",d_turned:"sen virta-anturi on väärin päin.",d_swapped:"{on} vastaa sen sijasta.",d_:"syy ei ole tiedossa.",card_description:"Pääsulake, sen kuormat ja jokainen latauslaite",f_entry_id:"Liittymä",f_hide_minutes:"Piilota viimeiset 15 minuuttia",f_hide_controls:"Piilota painikkeet ja prioriteetti",v_site:"Pääsulake",v_history:"Historia",v_energy:"Energia",v_events:"Tapahtumat",v_settings:"Asetukset",strategy_description:"Pääsulake, latauslaitteet, niiden historia, energia ja asetukset"};var ft={main_fuse:"Hovedsikring {limit}",free:"{current} ledig",house:"Huset",fuse:"Sikring",ceiling:"Midlertidig tak",offline_limit:"Grense uten måleren",promised:"Tildelt, ikke trukket",export:"Eksport",limits:"begrenser",of_allocated:"av {current}",because:"{reason} ({phase}, {node})",starts:"Starter tidligst {time}, om {left}",boosted:"Først til {time}",end_boost:"Ikke lenger først",limited_to:"Begrenset til {limit} i laderen",limit_together:"{name}: laderne til sammen {figure}",limit_between:"{name}: {figure} mellom fasene",limit_binds:"{limit} · begrenser {names}",ceiling_until:"Høyst {limit} til {time}",bar:"{phase}: {current} av {limit}, {free}. {parts}",bar_unmeasured:"{phase}: ukjent",chart:"De siste 15 minuttene på {phase}, den mest belastede fasen: på det meste {peak}, sikringen tåler {limit}",chart_title:"{phase}, mest belastede fase",minutes_ago:"−15 min",now:"nå",event_at:"{time} {name}: {event}",group_line:"{used} av {limit} · {count} lader",no_chargers:"Ingen ladere i denne gruppen",s_overload:"{phase} fører {current}, sikringen tåler {limit}",s_no_meter:"Måleren er borte",s_off:"Lastbalanseringen er av",s_waits:"{phase} er full: {names} venter",s_wait_many:"{phase} er full: {count} ladere venter",s_turns:"Ikke alle får plass: laderne bytter på",s_reason:"{name}: {reason}",s_limits:"{phase} avgjør hvor mye som finnes",s_held:"{names} holdes igjen",s_charges:"Lader uten hindringer",s_no_car:"Ingen bil er tilkoblet",s_idle:"Ingen bil lader",b_overload:"Overbelastning: {phase} fører mer enn sikringen er laget for ({limit}). Laderne reduseres.",b_group_overload:"Overbelastning i {name}. Laderne reduseres.",b_not_measured:"{phase} måles ikke: {doubt} Laderne holdes til det de kan bruke uten måleren.",b_bounded:"{phase} måles ikke selv; de to andre lederne begrenser den.",b_offline:"Måleren er offline. Laderne deler det de kan bruke uten den.",b_stale:"Måleren er taus. Ingenting økes.",b_starting:"Måleren er nettopp kommet. Ingenting økes ennå.",b_undecided:"Ingenting er bestemt. Laderne holder seg til offlinegrensene sine.",b_off:"Lastbalanseringen av {name} er av: ingenting holder laderne under sikringen.",b_lost:"Forbindelsen til Home Assistant er brutt. Slik var det {time}.",b_old_card:"En annen versjon av kortet er installert. Last siden på nytt.",reload:"Last på nytt",m_waiting:"Venter på Home Assistant …",m_none:"Intet inntak er satt opp. Legg til Amp Guard under Innstillinger, Enheter og tjenester.",m_gone:"Dette inntaket er ikke satt opp lenger. Velg et annet i kortets innstillinger.",m_not_loaded:"{title} kjører ikke. Se Innstillinger, Enheter og tjenester, Amp Guard.",m_forbidden:"Du har ikke rett til å se dette inntaket.",m_unknown_command:"Integrasjonen Amp Guard kjører ikke, eller er eldre enn kortet. Start Home Assistant på nytt.",failed:"Det mislyktes: {error}",c_disconnected:"Ingen bil",c_waiting:"Bilen venter",c_charging:"Lader",c_full:"Vil ikke lade",c_fault:"Feil",c_unknown:"Ukjent tilstand",c_lost:"Kan ikke nås",c_inactive:"Balanseres ikke",d_not_sent:"måleren sender ingenting om den.",d_impossible:"den motsier de to andre lederne.",d_stands_still:"den følger ikke med når laderne trekker mer eller mindre.",d_below_chargers:"den viser mindre enn laderne trekker.",d_turned:"strømsensoren er snudd.",d_swapped:"{on} svarer i stedet.",d_:"hvorfor er ikke kjent.",card_description:"Hovedsikringen, det som belaster den, og hver lader",f_entry_id:"Inntak",f_hide_minutes:"Skjul de siste 15 minuttene",f_hide_controls:"Skjul knapper og prioritet",v_site:"Hovedsikring",v_history:"Historikk",v_energy:"Energi",v_events:"Hendelser",v_settings:"Innstillinger",strategy_description:"Hovedsikringen, laderne, historikken, energien og innstillingene deres"};var _t={main_fuse:"Hoofdzekering {limit}",free:"{current} vrij",house:"Huis",fuse:"Zekering",ceiling:"Tijdelijk plafond",offline_limit:"Limiet zonder de meter",promised:"Toegewezen, niet afgenomen",export:"Teruglevering",limits:"begrenst",of_allocated:"van {current}",because:"{reason} ({phase}, {node})",starts:"Begint op zijn vroegst om {time}, over {left}",boosted:"Voorrang tot {time}",end_boost:"Geen voorrang meer",limited_to:"Op de laadpaal begrensd tot {limit}",limit_together:"{name}: de laadpalen samen {figure}",limit_between:"{name}: {figure} tussen de fasen",limit_binds:"{limit} · begrenst {names}",ceiling_until:"Hoogstens {limit} tot {time}",bar:"{phase}: {current} van {limit}, {free}. {parts}",bar_unmeasured:"{phase}: niet bekend",chart:"De laatste 15 minuten op {phase}, de volste fase: hoogstens {peak}, de zekering kan {limit} aan",chart_title:"{phase}, de volste fase",minutes_ago:"−15 min",now:"nu",event_at:"{time} {name}: {event}",group_line:"{used} van {limit} · {count} laden",no_chargers:"Geen laadpalen in deze groep",s_overload:"{phase} voert {current}, de zekering kan {limit} aan",s_no_meter:"De meter is weg",s_off:"Loadbalancing staat uit",s_waits:"{phase} is vol: {names} wacht",s_wait_many:"{phase} is vol: {count} laadpalen wachten",s_turns:"Niet alles past: de laadpalen gaan om de beurt",s_reason:"{name}: {reason}",s_limits:"{phase} bepaalt hoeveel er is",s_held:"{names} wordt begrensd",s_charges:"Laadt ongehinderd",s_no_car:"Er is geen auto aangesloten",s_idle:"Er laadt geen auto",b_overload:"Overbelasting: {phase} voert meer dan waarvoor de zekering is gemaakt ({limit}). De laadpalen worden teruggeregeld.",b_group_overload:"Overbelasting in {name}. De laadpalen worden teruggeregeld.",b_not_measured:"{phase} wordt niet gemeten: {doubt} De laadpalen worden gehouden aan wat ze zonder de meter mogen gebruiken.",b_bounded:"{phase} wordt zelf niet gemeten; de twee andere geleiders begrenzen die.",b_offline:"De meter is offline. De laadpalen delen wat ze zonder de meter mogen gebruiken.",b_stale:"De meter geeft niets door. Er wordt niets verhoogd.",b_starting:"De meter is er net. Er wordt nog niets verhoogd.",b_undecided:"Er is niets besloten. De laadpalen houden zich aan hun offlinelimieten.",b_off:"Loadbalancing van {name} staat uit: niets houdt de laadpalen onder de zekering.",b_lost:"De verbinding met Home Assistant is verbroken. Zo was het om {time}.",b_old_card:"Er is een andere versie van de kaart geïnstalleerd. Laad de pagina opnieuw.",reload:"Opnieuw laden",m_waiting:"Wachten op Home Assistant …",m_none:"Er is geen aansluiting ingesteld. Voeg Amp Guard toe onder Instellingen, Apparaten en diensten.",m_gone:"Deze aansluiting is niet meer ingesteld. Kies een andere in de instellingen van de kaart.",m_not_loaded:"{title} draait niet. Zie Instellingen, Apparaten en diensten, Amp Guard.",m_forbidden:"Je mag deze aansluiting niet zien.",m_unknown_command:"De integratie Amp Guard draait niet, of is ouder dan deze kaart. Start Home Assistant opnieuw.",failed:"Dat is mislukt: {error}",c_disconnected:"Geen auto",c_waiting:"Auto wacht",c_charging:"Laadt",c_full:"Wil niet laden",c_fault:"Storing",c_unknown:"Toestand onbekend",c_lost:"Niet bereikbaar",c_inactive:"Niet in loadbalancing",d_not_sent:"de meter geeft er niets van door.",d_impossible:"ze spreekt de twee andere geleiders tegen.",d_stands_still:"ze volgt niet als de laadpalen meer of minder afnemen.",d_below_chargers:"ze toont minder dan de laadpalen afnemen.",d_turned:"haar stroomsensor zit verkeerd om.",d_swapped:"{on} antwoordt in haar plaats.",d_:"waarom is niet bekend.",card_description:"De hoofdzekering, wat haar belast, en elke laadpaal",f_entry_id:"Aansluiting",f_hide_minutes:"De laatste 15 minuten verbergen",f_hide_controls:"Knoppen en prioriteit verbergen",v_site:"Hoofdzekering",v_history:"Geschiedenis",v_energy:"Energie",v_events:"Gebeurtenissen",v_settings:"Instellingen",strategy_description:"De hoofdzekering, de laadpalen, hun geschiedenis, energie en instellingen"};var bt={main_fuse:"Huvudsäkring {limit}",free:"{current} ledigt",house:"Huset",fuse:"Säkring",ceiling:"Tillfälligt tak",offline_limit:"Gräns utan mätaren",promised:"Tilldelat, inte uttaget",export:"Export",limits:"begränsar",of_allocated:"av {current}",because:"{reason} ({phase}, {node})",starts:"Startar tidigast {time}, om {left}",boosted:"Först till {time}",end_boost:"Inte längre först",limited_to:"Begränsad till {limit} i laddaren",limit_together:"{name}: laddarna tillsammans {figure}",limit_between:"{name}: {figure} mellan faserna",limit_binds:"{limit} · begränsar {names}",ceiling_until:"Högst {limit} till {time}",bar:"{phase}: {current} av {limit}, {free}. {parts}",bar_unmeasured:"{phase}: okänt",chart:"De senaste 15 minuterna på {phase}, den mest belastade fasen: som mest {peak}, säkringen tål {limit}",chart_title:"{phase}, mest belastade fasen",minutes_ago:"−15 min",now:"nu",event_at:"{time} {name}: {event}",group_line:"{used} av {limit} · {count} laddar",no_chargers:"Inga laddare i den här gruppen",s_overload:"{phase} för {current}, säkringen tål {limit}",s_no_meter:"Mätaren är borta",s_off:"Lastbalanseringen är av",s_waits:"{phase} är full: {names} väntar",s_wait_many:"{phase} är full: {count} laddare väntar",s_turns:"Alla får inte plats: laddarna turas om",s_reason:"{name}: {reason}",s_limits:"{phase} avgör hur mycket som finns",s_held:"{names} hålls tillbaka",s_charges:"Laddar utan hinder",s_no_car:"Ingen bil är ansluten",s_idle:"Ingen bil laddar",b_overload:"Överlast: {phase} för mer än säkringen är gjord för ({limit}). Laddarna sänks.",b_group_overload:"Överlast i {name}. Laddarna sänks.",b_not_measured:"{phase} mäts inte: {doubt} Laddarna hålls till det de får använda utan mätaren.",b_bounded:"{phase} mäts inte själv; de två andra ledarna begränsar den.",b_offline:"Mätaren är offline. Laddarna delar på det de får använda utan den.",b_stale:"Mätaren är tyst. Inget höjs.",b_starting:"Mätaren har just kommit. Inget höjs än.",b_undecided:"Inget är beslutat. Laddarna håller sig till sina offlineströmgränser.",b_off:"Lastbalanseringen av {name} är av: inget håller dess laddare under säkringen.",b_lost:"Anslutningen till Home Assistant är bruten. Så här var det {time}.",b_old_card:"En annan version av kortet är installerad. Ladda om sidan.",reload:"Ladda om",m_waiting:"Väntar på Home Assistant …",m_none:"Ingen elanslutning är inlagd. Lägg till Amp Guard under Inställningar, Enheter och tjänster.",m_gone:"Den här elanslutningen finns inte längre. Välj en annan i kortets inställningar.",m_not_loaded:"{title} körs inte. Se Inställningar, Enheter och tjänster, Amp Guard.",m_forbidden:"Du har inte rätt att se den här elanslutningen.",m_unknown_command:"Integrationen Amp Guard körs inte, eller är äldre än kortet. Starta om Home Assistant.",failed:"Det gick inte: {error}",c_disconnected:"Ingen bil",c_waiting:"Bilen väntar",c_charging:"Laddar",c_full:"Vill inte ladda",c_fault:"Fel",c_unknown:"Okänt tillstånd",c_lost:"Kan inte nås",c_inactive:"Balanseras inte",d_not_sent:"mätaren skickar inget om den.",d_impossible:"den motsäger de två andra ledarna.",d_stands_still:"den följer inte med när laddarna tar mer eller mindre.",d_below_chargers:"den visar mindre än laddarna tar.",d_turned:"dess strömgivare är felvänd.",d_swapped:"{on} svarar i dess ställe.",d_:"varför är inte känt.",card_description:"Huvudsäkringen, vad som belastar den, och varje laddare",f_entry_id:"Elanslutning",f_hide_minutes:"Dölj de senaste 15 minuterna",f_hide_controls:"Dölj knappar och prioritet",v_site:"Huvudsäkring",v_history:"Historik",v_energy:"Energi",v_events:"Händelser",v_settings:"Inställningar",strategy_description:"Huvudsäkringen, laddarna, deras historik, energi och inställningar"};var vt={da:mt,de:ht,en:pt,fi:gt,nb:ft,nl:_t,sv:bt},hn="component.amp_guard.entity",pn=["L1","L2","L3"],gn={comma_decimal:"en-US",decimal_comma:"de",space_comma:"fr",quote_decimal:"de-CH",none:"en-US"},k=class{constructor(e,t,n){this.localize=t;let s=e.language||"en",r=s.split("-")[0]??"en";this.language=r==="no"?"nb":r in vt?r:"en";let a=e.number_format==="language"?s:e.number_format==="system"?void 0:gn[e.number_format],l=e.number_format!=="none",o={minimumFractionDigits:1,maximumFractionDigits:1,useGrouping:l};this.number=new Intl.NumberFormat(a,o),this.whole=new Intl.NumberFormat(a,{maximumFractionDigits:1,useGrouping:l}),this.time=new Intl.DateTimeFormat(e.time_format==="system"?void 0:s,{hour:"2-digit",minute:"2-digit",hour12:e.time_format==="12"?!0:e.time_format==="24"?!1:void 0,timeZone:e.time_zone==="server"?n:void 0}),this.list=new Intl.ListFormat(this.language,{type:"conjunction"})}say(e,t={}){return(vt[this.language]?.[e]??e.slice(e.indexOf("_")+1).replaceAll("_"," ")).replace(/\{(\w+)\}/g,(s,r)=>t[r]??"")}of(e){return this.localize(`${hn}.${e}`)||""}reason(e){return this.of(`sensor.reason.state.${e}`)||e.replaceAll("_"," ")}phase(e){return pn[e]??""}names(e){return this.list.format(e)}ampere(e){return`${this.number.format(e===0?0:e)} A`}limit(e){return`${this.whole.format(e)} A`}kilowatt(e){return`${this.number.format(e/1e3)} kW`}clock(e){return this.time.format(e*1e3)}countdown(e,t){let n=Math.max(0,Math.round(e-t));return`${Math.floor(n/60)}:${String(n%60).padStart(2,"0")}`}};var T="amp-guard-card",yt=new URL(import.meta.url).searchParams.get("v"),fn={points:[],events:[]},_n=8e3,ne=class extends A{constructor(){super(...arguments);this.folded=new Map;this.redraw=()=>{document.visibilityState==="visible"&&this.requestUpdate()};this.open=t=>{if(!t)return;let n={detail:{entityId:t},bubbles:!0,composed:!0};this.dispatchEvent(new CustomEvent("hass-more-info",n))};this.call=(t,n,s)=>{this._hass.callService(t,n,s).catch(r=>{let a=r?.message??String(r);this.failure=this.words.say("failed",{error:a}),this.requestUpdate(),setTimeout(()=>{this.failure=void 0,this.requestUpdate()},_n)})}}static{this.styles=ct}set hass(t){let n=this._hass;this._hass=t,(n?.locale!==t.locale||n.localize!==t.localize||n.config.time_zone!==t.config.time_zone)&&(this.words=new k(t.locale,t.localize,t.config.time_zone),n?.locale.language!==t.locale.language&&t.loadBackendTranslation?.("entity","amp_guard").then(this.redraw),this.requestUpdate()),this.isConnected&&n?.connection!==t.connection&&this.follow()}setConfig(t){this.config=t,this.requestUpdate()}connectedCallback(){super.connectedCallback(),document.addEventListener("visibilitychange",this.redraw),this.follow()}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener("visibilitychange",this.redraw),this.unfollow?.(),this.unfollow=this.feed=void 0,this.tick(!1)}getCardSize(){return 10}getGridOptions(){return{columns:12,min_columns:6,rows:"auto"}}static getStubConfig(){return{}}static getConfigForm(){let t=n=>{let s=ee();return s?new k(s.locale,s.localize).say(`f_${n}`):n};return{schema:[{name:"entry_id",selector:{config_entry:{integration:"amp_guard"}}},{name:"hide_minutes",selector:{boolean:{}}},{name:"hide_controls",selector:{boolean:{}}}],computeLabel:({name:n})=>t(n)}}follow(){this._hass&&(this.unfollow?.(),this.feed=Q(this._hass.connection),this.unfollow=this.feed.follow(this.redraw),this.requestUpdate())}shouldUpdate(){return!!this.config&&!!this.words&&!!this.feed}updated(t){let n=this.site?.[1],s=this.feed?.now??0,r=Object.values(n?.now?.chargers??{}).some(a=>(a.starts??0)>s||(a.boosted??0)>s);this.tick(r)}tick(t){t!==(this.ticking!==void 0)&&(clearInterval(this.ticking),this.ticking=t?setInterval(this.redraw,1e3):void 0)}get site(){let t=Object.entries(this.feed?.sites??{}),n=this.config?.entry_id;return n?t.find(([s])=>s===n):t.find(([,s])=>ye(s))??t[0]}render(){return f`<ha-card>${this.content()}</ha-card>`}content(){let t=this.words,n=this.feed;if(n.status==="old_card")return this.old();let s=this.site;if(n.status!=="told"&&!s)return this.message(n.status==="unknown_command"?"m_unknown_command":"m_waiting");if(!s)return this.message(this.config?.entry_id?"m_gone":"m_none");let[r,a]=s;return a.state==="forbidden"?this.message("m_forbidden"):a.supply?ye(a)?this.live(r,a):f`${this.head(a,"")}${this.banner({level:"warning",text:t.say("b_undecided")})}`:this.message("m_not_loaded",{title:a.title??""})}live(t,n){let s=this.words,r=this.feed,a={site:n,words:s,colours:Be(n),open:this.open},l=We(n),o=r.status!=="told",u=Je(n,s);o&&u.unshift({level:"alarm",text:s.say("b_lost",{time:s.clock(r.toldAt)})});let c=r.minutes[t]??fn;return f`
      ${this.head(n,Ze(n,s))}
      <div role="alert">${u.map(d=>this.banner(d))}</div>
      ${this.failure?this.banner({level:"warning",text:this.failure}):m}
      ${yt&&r.version&&yt!==r.version?this.old():m}
      ${Ge(a,l)} ${this.limits(at(n,s))}
      ${tt(a,qe(n),{shown:!this.config?.hide_controls&&!o,call:this.call,isOpen:(d,h)=>this.folded.get(d)??h,fold:(d,h)=>{this.folded.set(d,h),this.requestUpdate()},now:r.now})}
      ${this.config?.hide_minutes?m:this.minutes(a,c)}
    `}limits(t){return t.length?f`<ul class="limits">
          ${t.map(n=>f`<li>${n}</li>`)}
        </ul>`:m}minutes(t,n){let{site:s,words:r}=t,a=this.drawn;return(!a||a.minutes!==n||a.words!==r||a.site!==s.chargers)&&(this.drawn={minutes:n,words:r,site:s.chargers,template:ut(t,n)}),this.drawn.template}head(t,n){let s=this.words,r=s.limit(t.supply?.fuse??0);return f`<header>
      <h2>${s.say("main_fuse",{limit:r})}</h2>
      <p class="sentence">${n}</p>
    </header>`}banner({level:t,text:n},s=m){return f`<div class="banner ${t}"><span>${n}</span>${s}</div>`}old(){let t=this.words;return this.banner({level:"warning",text:t.say("b_old_card")},f`<button class="press" @click=${()=>location.reload()}>${t.say("reload")}</button>`)}message(t,n={}){return f`<p class="message">${this.words.say(t,n)}</p>`}};var re="amp-guard",bn=["current_l1","current_l2","current_l3"],vn=2e3;function yn(i,e){let t=new Map;for(let[s,r]of Object.entries(i.entities)){if(r?.platform!=="amp_guard"||!r.device_id||r.hidden)continue;let a=i.devices[r.device_id],l=a?.primary_config_entry??a?.config_entries?.[0]??"";if(!a||e&&l!==e)continue;let o=t.get(r.device_id);o||t.set(r.device_id,o={id:r.device_id,name:a.name_by_user||a.name||"",entry:l,kind:"supply",entities:new Map,settings:[]});let u=r.translation_key??"";o.entities.set(u,[...o.entities.get(u)??[],s].sort()),(r.entity_category==="config"||u==="load_balancing")&&o.settings.push(s),u==="drawn_current"?o.kind="charger":u==="load_balancing"&&(o.kind="group")}let n={supply:0,group:1,charger:2};return[...t.values()].sort((s,r)=>n[s.kind]-n[r.kind]||s.name.localeCompare(r.name))}function wn(i,e,t={}){let n=new k(e.locale,e.localize),s=yn(e,i.entry_id),r=s.filter(p=>p.kind==="charger"),a=[...new Set(s.map(p=>p.entry))],l=(a.length?a:[i.entry_id]).map(p=>({type:`custom:${T}`,...p?{entry_id:p}:{},grid_options:{columns:"full"}})),o=(p,...b)=>b.flatMap($=>p.entities.get($)??[]),c=s.filter(p=>p.kind==="supply").flatMap(p=>{let b=t[p.entry]?.supply?.entities??{},$=bn.flatMap(D=>b[D]??[]);return $.length?$:o(p,"current")}),d=(p,b,$,D)=>({title:n.say(p),path:b,icon:$,type:"sections",max_columns:3,sections:D.filter(S=>S.length).map(S=>({type:"grid",column_span:b==="site"?2:1,cards:S}))}),h=(p,b)=>b.length?[ie(p),{type:"history-graph",hours_to_show:24,entities:$e(b)}]:[],g=r.flatMap(p=>o(p,"energy")),_=r.flatMap(p=>o(p,"charging_power")),v=s.flatMap(p=>o(p,"fuse","charging"));return{title:"Amp Guard",views:[d("v_site","site","mdi:fuse",[l]),d("v_history","history","mdi:chart-line",[h(n.say("v_site"),c),...r.map(p=>h(p.name,o(p,"drawn_current","allocated_current")))]),d("v_energy","energy","mdi:lightning-bolt",[g.length?[ie(n.say("v_energy")),{type:"statistics-graph",chart_type:"bar",period:"day",days_to_show:14,stat_types:["change"],entities:g,grid_options:{columns:"full"}}]:[],_.length?[ie(n.of("sensor.charging_power.name")),{type:"history-graph",hours_to_show:24,entities:$e(_,"device")}]:[]]),d("v_events","events","mdi:bell-outline",[v.length?[{type:"logbook",hours_to_show:48,target:{entity_id:v}}]:[]]),d("v_settings","settings","mdi:cog",s.map(p=>kn(p)))]}}function kn(i){return i.settings.length?[ie(i.name),{type:"entities",entities:$e(i.settings),grid_options:{columns:"full"}}]:[]}function $e(i,e="entity"){return i.map(t=>({entity:t,name:{type:e}}))}function ie(i){return{type:"heading",heading:i}}function $n(i){let e=Q(i.connection);return new Promise(t=>{let n=()=>{e.status!=="waiting"&&s()},s=()=>{clearTimeout(r),t(e.sites),a()},r=setTimeout(s,vn),a=e.follow(n);n()})}var se=class extends HTMLElement{static async generate(e,t){return wn(e,t,await $n(t))}};function wt(i,e){customElements.get(i)||customElements.define(i,e)}function kt(){wt(T,ne),wt(`ll-strategy-dashboard-${re}`,se)}kt();customElements.whenDefined("home-assistant").then(kt);var z=window;function $t(){let i=ee();return i&&new k(i.locale,i.localize)}z.customCards??=[];if(!z.customCards.some(i=>i.type===T)){let i={type:T,name:"Amp Guard",preview:!0,get description(){return $t()?.say("card_description")??""},documentationURL:"https://github.com/amp-guard/amp_guard/blob/main/docs/card.md",getEntitySuggestion(e,t){let n=e.entities[t];if(n?.platform!=="amp_guard")return null;let s=n.device_id?e.devices[n.device_id]:void 0,r=s?.primary_config_entry??s?.config_entries?.[0];return{config:{type:`custom:${T}`,...r?{entry_id:r}:{}}}}};z.customCards.push(i)}z.customStrategies??=[];if(!z.customStrategies.some(i=>i.type===re)){let i={type:re,strategyType:"dashboard",name:"Amp Guard",get description(){return $t()?.say("strategy_description")??""}};z.customStrategies.push(i)}
