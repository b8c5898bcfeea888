/**
 * The server's API by hand, in the shape that `openapi-typescript` writes; `npm run generate` replaces it from openapi.json.
 */
type Json<Body> = { headers: Record<string, unknown>; content: { 'application/json': Body } };
type Problems = { default: { headers: Record<string, unknown>; content: { 'application/problem+json': components['schemas']['Problem'] } } };
type Nothing = { headers: Record<string, unknown>; content?: never };
type Get<Parameters, Ok> = { parameters: Parameters; requestBody?: never; responses: { 200: Json<Ok> } & Problems };
type NoParameters = { query?: never; header?: never; path?: never; cookie?: never };
type ById = { query?: never; header?: never; path: { id: string }; cookie?: never };
type ByScene = { query?: never; header?: never; path: { id: string; n: number }; cookie?: never };

export interface paths {
  '/api/v1/config': { get: Get<NoParameters, components['schemas']['Config']> };
  '/api/v1/examples': { get: Get<NoParameters, components['schemas']['Example'][]> };
  '/api/v1/reels': {
    get: Get<{ query?: { limit?: number }; header?: never; path?: never; cookie?: never }, components['schemas']['Reel'][]>;
    post: {
      parameters: { query?: never; header?: { 'Idempotency-Key'?: string }; path?: never; cookie?: never };
      requestBody: { content: { 'application/json': components['schemas']['NewReel'] } };
      responses: { 202: Json<components['schemas']['Reel']> } & Problems;
    };
  };
  '/api/v1/reels/{id}': {
    get: Get<ById, components['schemas']['Reel']>;
    delete: { parameters: ById; requestBody?: never; responses: { 204: Nothing } & Problems };
  };
  '/api/v1/reels/{id}/scenes/{n}': {
    patch: {
      parameters: ByScene;
      requestBody: { content: { 'application/json': components['schemas']['SceneEdit'] } };
      responses: { 200: Json<components['schemas']['Reel']> } & Problems;
    };
  };
  '/api/v1/reels/{id}/scenes/{n}/render': {
    post: { parameters: ByScene; requestBody?: never; responses: { 202: Json<components['schemas']['Reel']> } & Problems };
  };
  '/api/v1/jobs/{id}': { get: Get<ById, components['schemas']['Job']> };
  '/api/v1/jobs/{id}/cancel': {
    post: { parameters: ById; requestBody?: never; responses: { 200: Json<components['schemas']['Job']> } & Problems };
  };
  '/api/v1/jobs/{id}/retry': {
    post: { parameters: ById; requestBody?: never; responses: { 202: Json<components['schemas']['Job']> } & Problems };
  };
}

export interface components {
  schemas: {
    Problem: {
      type: string;
      title: string;
      status: number;
      detail?: string | null;
      code: string;
      ocr_available?: boolean | null;
    };
    Language: { code: string; name: string; dir: 'ltr' | 'rtl' };
    Mode: 'summary' | 'explanation';
    Shape: '16:9' | '9:16' | '1:1';
    Captions: 'burned' | 'beside';
    Presenter: { id: string; name: string; image_url: string | null };
    Config: {
      version: string;
      upload_limit_bytes: number;
      modes: components['schemas']['Mode'][];
      shapes: components['schemas']['Shape'][];
      presenters: components['schemas']['Presenter'][];
      ocr_available: boolean;
      loopback_only: boolean;
    };
    Example: { name: string; language: string; url: string };
    Estimate: {
      mode: components['schemas']['Mode'];
      seconds: number;
      scenes: number;
      words: number;
      cost_micro_usd: number;
      wall_seconds: number;
    };
    Voice: { id: string; name: string; language: string; engine: string; default: boolean };
    Document: {
      id: string;
      name: string;
      title: string | null;
      pages: number;
      language: components['schemas']['Language'];
      words: number;
      characters: number;
      bytes: number;
      read_by: string;
      estimates: components['schemas']['Estimate'][];
      voices: components['schemas']['Voice'][];
    };
    DocumentSummary: {
      id: string;
      name: string;
      title: string | null;
      pages: number;
    };
    NewReel: {
      document_id: string;
      mode: components['schemas']['Mode'];
      shape: components['schemas']['Shape'];
      voice?: string | null;
      presenter: string | null;
      captions: components['schemas']['Captions'];
    };
    Step: {
      name: 'read' | 'outline' | 'script' | 'scenes' | 'assemble' | 'publish';
      state: 'pending' | 'running' | 'done' | 'failed';
      percent: number;
    };
    Trouble: { code: string; title: string; detail?: string | null };
    Sentence: { text: string; page: number | null };
    Scene: {
      id: string;
      n: number;
      kind: 'title' | 'page' | 'question';
      heading: string;
      text: string;
      sentences: components['schemas']['Sentence'][];
      pages: number[];
      state: 'pending' | 'working' | 'done' | 'failed' | 'edited';
      percent: number;
      step: 'voice' | 'captions' | 'frames' | 'clip' | null;
      seconds: number | null;
      image_url: string | null;
      clip_url: string | null;
      error: components['schemas']['Trouble'] | null;
    };
    ReelResult: {
      video_url: string;
      poster_url: string | null;
      srt_url: string;
      vtt_url: string;
      transcript_url: string;
      chapters_url: string;
      seconds: number;
      bytes: number;
      width: number;
      height: number;
      download_name: string;
    };
    MadeWith: { reading: string | null; script: string | null; voice: string | null; video: string | null };
    Reel: {
      id: string;
      title: string;
      document: components['schemas']['DocumentSummary'];
      mode: components['schemas']['Mode'];
      shape: components['schemas']['Shape'];
      voice: string;
      presenter: string | null;
      captions: components['schemas']['Captions'];
      language: components['schemas']['Language'];
      state: 'working' | 'waiting' | 'done' | 'failed' | 'cancelled' | 'expired';
      job_id: string;
      created_at: number;
      updated_at: number;
      percent: number;
      eta_ms: number | null;
      steps: components['schemas']['Step'][];
      script_source: 'extract';
      made_with: components['schemas']['MadeWith'] | null;
      cost: { estimated_micro_usd: number; spent_micro_usd: number };
      error: components['schemas']['Trouble'] | null;
      scenes: components['schemas']['Scene'][];
      result: components['schemas']['ReelResult'] | null;
    };
    SceneEdit: { text?: string | null; heading?: string | null; position?: number | null };
    Job: {
      id: string;
      kind: string;
      state: string;
      stage: string;
      attempt: number;
      attempts: number;
      percent: number;
      error: components['schemas']['Trouble'] | null;
      reel_id: string | null;
    };
  };
}
