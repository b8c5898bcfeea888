/**
 * The server's API by hand, in the shape that `openapi-typescript` writes; `npm run generate` replaces it from openapi.json.
 */
type Headers = { [name: string]: unknown };
type Json<Body> = { headers: Headers; content: { 'application/json': Body } };
type Problems = { 404: { headers: Headers; content: { 'application/json': components['schemas']['Problem'] } } };
type Nothing = { headers: Headers; content?: never };
type NoParameters = { query?: never; header?: never; path?: never; cookie?: never };
type ById = { query?: never; header?: never; path: { id: string }; cookie?: never };
type ByScene = { query?: never; header?: never; path: { id: string; n: number }; cookie?: never };
type Get<Parameters, Ok> = { parameters: Parameters; requestBody?: never; responses: { 200: Json<Ok> } & Problems };
type Post<Parameters, Status extends number, Ok> = {
  parameters: Parameters;
  requestBody?: never;
  responses: { [status in Status]: Json<Ok> } & Problems;
};

export interface paths {
  '/api/v1/config': { get: Get<NoParameters, components['schemas']['ConfigView']> };
  '/api/v1/examples': { get: Get<NoParameters, components['schemas']['ExampleView'][]> };
  '/api/v1/reels': {
    get: Get<{ query?: { limit?: number | null }; header?: never; path?: never; cookie?: never }, components['schemas']['ReelView'][]>;
    post: {
      parameters: { query?: never; header?: { 'Idempotency-Key'?: string | null }; path?: never; cookie?: never };
      requestBody: { content: { 'application/json': components['schemas']['NewReel'] } };
      responses: { 202: Json<components['schemas']['ReelView']> } & Problems;
    };
  };
  '/api/v1/reels/{id}': {
    get: Get<ById, components['schemas']['ReelView']>;
    delete: { parameters: ById; requestBody?: never; responses: { 204: Nothing } & Problems };
  };
  '/api/v1/reels/{id}/render': { post: Post<ById, 202, components['schemas']['ReelView']> };
  '/api/v1/reels/{id}/scenes/{n}': {
    patch: {
      parameters: ByScene;
      requestBody: { content: { 'application/json': components['schemas']['ScenePatch'] } };
      responses: { 200: Json<components['schemas']['ReelView']> } & Problems;
    };
  };
  '/api/v1/reels/{id}/scenes/{n}/render': { post: Post<ByScene, 202, components['schemas']['ReelView']> };
  '/api/v1/jobs/{id}/cancel': { post: Post<ById, 200, components['schemas']['JobView']> };
  '/api/v1/jobs/{id}/retry': { post: Post<ById, 202, components['schemas']['JobView']> };
}

export interface components {
  schemas: {
    Problem: { type: string; title: string; status: number; detail: string; code: string };
    LanguageView: { code: string; name: string; dir: 'ltr' | 'rtl' };
    Mode: 'summary' | 'explanation';
    CaptionsPlace: 'burned' | 'beside';
    PresenterView: { id: string; name: string; image_url: string };
    ConfigView: {
      version: string;
      upload_limit_bytes: number;
      modes: string[];
      shapes: string[];
      presenters: components['schemas']['PresenterView'][];
      ocr_available: boolean;
      loopback_only: boolean;
    };
    ExampleView: { name: string; url: string };
    EstimateView: {
      mode: components['schemas']['Mode'];
      seconds: number;
      scenes: number;
      words: number;
      cost_micro_usd: number;
      wall_seconds: number;
    };
    VoiceView: { id: string; name: string; language: string; engine: string; installed: boolean; default: boolean };
    DocumentView: {
      id: string;
      name: string;
      title?: string | null;
      pages: number;
      language: components['schemas']['LanguageView'];
      words: number;
      characters: number;
      bytes: number;
      read_by: string;
      ocr: boolean;
      estimates: components['schemas']['EstimateView'][];
      voices: components['schemas']['VoiceView'][];
    };
    DocumentBrief: { id: string; name: string; pages: number; words: number };
    NewReel: {
      document_id: string;
      mode?: null | components['schemas']['Mode'];
      shape?: string | null;
      voice?: string | null;
      presenter?: string | null;
      captions?: null | components['schemas']['CaptionsPlace'];
    };
    StepView: {
      name: 'read' | 'outline' | 'script' | 'scenes' | 'assemble' | 'publish';
      state: 'pending' | 'running' | 'done' | 'failed';
      percent: number;
    };
    ErrorView: { code: string; title: string; detail: string };
    Sentence: { text: string; page?: number | null };
    Line: { start_ms: number; end_ms: number; scene: number; page?: number | null; text: string };
    SceneView: {
      id: string;
      n: number;
      kind: 'title' | 'page' | 'question';
      heading: string;
      text: string;
      sentences: components['schemas']['Sentence'][];
      pages: number[];
      state: 'pending' | 'working' | 'done' | 'failed' | 'edited';
      percent: number;
      step?: null | 'voice' | 'captions' | 'frames' | 'clip';
      seconds?: number | null;
      start_ms?: number | null;
      image_url?: string | null;
      clip_url?: string | null;
      voice_url?: string | null;
      error?: null | components['schemas']['ErrorView'];
    };
    ResultView: {
      video_url: string;
      download_url: string;
      poster_url: string;
      srt_url: string;
      vtt_url: string;
      transcript_url: string;
      chapters_url: string;
      seconds: number;
      bytes: number;
      width: number;
      height: number;
      download_name: string;
      current: boolean;
      lines: components['schemas']['Line'][];
    };
    MadeWith: { reading?: string | null; script?: string | null; voice?: string | null; video?: string | null };
    CostView: { estimated_micro_usd: number; spent_micro_usd: number };
    ReelView: {
      id: string;
      title: string;
      document: components['schemas']['DocumentBrief'];
      mode: components['schemas']['Mode'];
      shape: string;
      voice: string;
      presenter?: string | null;
      captions: components['schemas']['CaptionsPlace'];
      language: components['schemas']['LanguageView'];
      state: 'working' | 'done' | 'failed' | 'cancelled' | 'expired';
      job_id: string;
      created_at: number;
      updated_at: number;
      percent: number;
      eta_ms?: number | null;
      steps: components['schemas']['StepView'][];
      script_source?: string | null;
      made_with: components['schemas']['MadeWith'];
      cost: components['schemas']['CostView'];
      error?: null | components['schemas']['ErrorView'];
      scenes: components['schemas']['SceneView'][];
      result?: null | components['schemas']['ResultView'];
    };
    ScenePatch: { text?: string | null; heading?: string | null; position?: number | null };
    JobView: { id: string; state: string; reel_id?: string | null };
  };
}
