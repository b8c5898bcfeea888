// Written by `npm run generate` from openapi.json.
export interface paths {
    "/api/v1/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What this server can do. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What was asked for. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConfigView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes in a document: reads it at once, and says what was found or why not. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "multipart/form-data": {
                        /**
                         * Format: binary
                         * @description The PDF.
                         */
                        file: string;
                        /** @description `true` reads the pages as pictures (for scans). */
                        ocr?: boolean;
                    };
                };
            };
            responses: {
                /** @description It was created. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DocumentView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                403: components["responses"]["ForeignOrigin"];
                408: components["responses"]["RequestTimeout"];
                /** @description The request is too large. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is of another type than expected, or its file is. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                /** @description It is understood, and cannot be done as asked. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
                /** @description The disk is full. */
                507: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events as they happen: `job.changed` (`job_id`, `subject`, `state`, `stage`), those of the apps, such as `reel.changed` (`subject` is the
         *     id of what changed), and `reset`
         *     when what was missed is no longer kept. Without a last id the stream begins now.
         */
        get: {
            parameters: {
                query?: {
                    /** @description As the header `Last-Event-ID`, for clients that cannot set it. */
                    last_event_id?: number | null;
                };
                header?: {
                    /** @description Replays what came after this event */
                    "Last-Event-ID"?: number | null;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What was asked for. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": string;
                    };
                };
                400: components["responses"]["BadRequest"];
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/examples": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Documents to try, from the folder of examples. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What was asked for. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ExampleView"][];
                    };
                };
                400: components["responses"]["BadRequest"];
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers once the database answers. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What was asked for. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HealthView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Jobs, newest first, page by page. */
        get: {
            parameters: {
                query?: {
                    /** @description At most this many. */
                    limit?: number;
                    /** @description Where to go on: `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Only those in this state, such as `running`. */
                    state?: string;
                    /** @description Only those of this kind, such as `reel.make`. */
                    kind?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What was asked for. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobPage"];
                    };
                };
                /** @description The request cannot be understood. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A job with its steps and the end of its log. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server gave. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What was asked for. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description There is no such thing. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stops a job and all its child jobs. What was finished stays. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server gave. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What was asked for. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                403: components["responses"]["ForeignOrigin"];
                /** @description There is no such thing. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/progress": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a job and all its child jobs have come, as a tree. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server gave. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What was asked for. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProgressView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description There is no such thing. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tries a job again that gave up, was stopped or expired, from where it was. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server gave. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It was accepted; the work goes on by itself. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                403: components["responses"]["ForeignOrigin"];
                /** @description There is no such thing. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It cannot be done in the present state. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/why": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Why a job is waiting: every reason that holds now, its place in the line, and when it should begin. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server gave. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What was asked for. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WhyView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description There is no such thing. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reels, newest first, page by page. */
        get: {
            parameters: {
                query?: {
                    /** @description At most this many. */
                    limit?: number;
                    /** @description Where to go on: `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Only those whose title or document's name has this in it, in any case. */
                    q?: string;
                    /** @description Only those in this state. */
                    state?: "working" | "done" | "failed" | "cancelled" | "expired";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What was asked for. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReelPage"];
                    };
                };
                /** @description The request cannot be understood. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /** Starts a reel of a document, or of the file in a form: the work goes on by itself from here. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The same key again gives the same reel, as it is then. From 1 to 255 visible characters of ASCII, in quotes or without. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewReel"];
                    "multipart/form-data": {
                        /** @description `burned` (the default) or `beside`. */
                        captions?: components["schemas"]["CaptionsPlace"];
                        /**
                         * Format: binary
                         * @description The PDF.
                         */
                        file: string;
                        /** @description `summary` (60 to 90 s, the default) or `explanation` (90 to 150 s). */
                        mode?: components["schemas"]["Mode"];
                        /** @description `true` reads the pages as pictures (for scans). */
                        ocr?: boolean;
                        /** @description A presenter's id; without one the video has none. */
                        presenter?: string;
                        /** @description `16:9` (the default), `9:16` or `1:1`. */
                        shape?: components["schemas"]["ShapeName"];
                        /** @description A voice's id; by default the best one of the document's language. */
                        voice?: string;
                    };
                };
            };
            responses: {
                /** @description It was accepted; the work goes on by itself. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReelView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                403: components["responses"]["ForeignOrigin"];
                /** @description There is no such thing. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                408: components["responses"]["RequestTimeout"];
                /** @description The request is too large. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The body is of another type than expected, or its file is. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                /** @description It is understood, and cannot be done as asked. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Too many requests: Retry-After says when the next one is accepted. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
                /** @description The disk is full. */
                507: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reels/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A reel: storyboard, steps, cost and, when it is done, its files. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server gave. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What was asked for. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReelView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description There is no such thing. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        /** Deletes a reel: its work stops, its files and its source go. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server gave. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It was done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                403: components["responses"]["ForeignOrigin"];
                /** @description There is no such thing. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reels/{id}/captions.srt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The captions as SubRip: a redirect to a signed link. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server gave. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is at the address in Location. */
                302: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description There is no such thing. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It cannot be done in the present state. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reels/{id}/captions.vtt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The captions as WebVTT: a redirect to a signed link. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server gave. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is at the address in Location. */
                302: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description There is no such thing. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It cannot be done in the present state. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reels/{id}/render": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Renders everything that was changed, and puts the video together again. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server gave. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It was accepted; the work goes on by itself. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReelView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                403: components["responses"]["ForeignOrigin"];
                /** @description There is no such thing. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reels/{id}/result": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The video: a redirect to a signed link. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server gave. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is at the address in Location. */
                302: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description There is no such thing. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It cannot be done in the present state. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reels/{id}/scenes/{n}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes a scene. It is rendered again when that is asked for. */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server gave. */
                    id: string;
                    /** @description The number of the scene, from 1. */
                    n: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ScenePatch"];
                };
            };
            responses: {
                /** @description What was asked for. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReelView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                403: components["responses"]["ForeignOrigin"];
                /** @description There is no such thing. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                408: components["responses"]["RequestTimeout"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description It is understood, and cannot be done as asked. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        trace?: never;
    };
    "/api/v1/reels/{id}/scenes/{n}/render": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Renders a scene that was changed, and puts the video together again. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server gave. */
                    id: string;
                    /** @description The number of the scene, from 1. */
                    n: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It was accepted; the work goes on by itself. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReelView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                403: components["responses"]["ForeignOrigin"];
                /** @description There is no such thing. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/internal/useful-work": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** For an autoscaler: runnable and running jobs, without what only waits for a provider, a pause or money. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What was asked for. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UsefulWorkView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What went wrong in this process and was worked around, counted since it began, for Prometheus. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What was asked for. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                400: components["responses"]["BadRequest"];
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description Where the captions are.
         * @enum {string}
         */
        CaptionsPlace: "burned" | "beside";
        /** @description A part of the video with a name. */
        Chapter: {
            /**
             * Format: int32
             * @description End in milliseconds, exclusive.
             */
            end_ms: number;
            /**
             * Format: int32
             * @description Start in milliseconds of the video.
             */
            start_ms: number;
            /** @description Its name. */
            title: string;
        };
        /** @description What this server can do. */
        ConfigView: {
            /** @description What each app has to choose from, by the app's name. */
            apps: {
                reel?: components["schemas"]["ReelChoices"];
            };
            /** @description There are no accounts yet, so only this machine is answered. */
            loopback_only: boolean;
            /** @description Whether scans can be read. */
            ocr_available: boolean;
            /** Format: int64 */
            upload_limit_bytes: number;
            version: string;
        };
        /** @description Money, in millionths of a US dollar. */
        CostView: {
            /**
             * Format: int64
             * @description Before.
             */
            estimated_micro_usd: number;
            /**
             * Format: int64
             * @description Up to now.
             */
            spent_micro_usd: number;
        };
        /**
         * @description Which way a text runs.
         * @enum {string}
         */
        Direction: "ltr" | "rtl";
        /** @description The document of a reel, in short. */
        DocumentBrief: {
            /** @description Its id. */
            id: string;
            /** @description The file's name. */
            name: string;
            /**
             * Format: int32
             * @description Its pages.
             */
            pages: number;
            /**
             * Format: int32
             * @description Its words.
             */
            words: number;
        };
        /** @description What was found in a document, and what can be made of it. */
        DocumentView: {
            /** @description What each app can make of it, by the app's name. */
            apps: {
                reel?: components["schemas"]["ReelOffer"];
            };
            /** Format: int64 */
            bytes: number;
            /** Format: int32 */
            characters: number;
            id: string;
            language: components["schemas"]["LanguageView"];
            /** @description False when the language is a guess. */
            language_reliable: boolean;
            /** @description The file's name. */
            name: string;
            /** @description Whether its text was read from pictures of its pages. */
            ocr: boolean;
            /** Format: int32 */
            pages: number;
            /** @description What read it. */
            read_by: string;
            /** @description From the file's own metadata or its largest heading. */
            title?: string | null;
            /** Format: int32 */
            words: number;
        };
        /** @description Why something failed. */
        ErrorView: {
            /** @description Stable, for programs. */
            code: string;
            /** @description For the reader: what happened and what to do. */
            detail: string;
            /** @description In a few words. */
            title: string;
        };
        /** @description What a video in this mode would be. */
        EstimateView: {
            /**
             * Format: int64
             * @description In millionths of a US dollar.
             */
            cost_micro_usd: number;
            /** @description `summary` or `explanation`. */
            mode: components["schemas"]["Mode"];
            /**
             * Format: int32
             * @description Scenes, title and question included.
             */
            scenes: number;
            /**
             * Format: int32
             * @description Length of the video.
             */
            seconds: number;
            /**
             * Format: int32
             * @description About how long it takes to make.
             */
            wall_seconds: number;
            /**
             * Format: int32
             * @description Words that are said.
             */
            words: number;
        };
        /** @description A document to try. */
        ExampleView: {
            name: string;
            url: string;
        };
        /** @description Whether the server is well. */
        HealthView: {
            /** @description `ok`. */
            status: string;
            version: string;
        };
        /** @description Some jobs, newest first. */
        JobPage: {
            items: components["schemas"]["JobSummary"][];
            /** @description Asks for the next page; nothing when this is the last one. */
            next_cursor?: string | null;
        };
        /** @description A named step of a job. */
        JobStep: {
            name: string;
            /**
             * Format: double
             * @description From 0 to 100.
             */
            percent: number;
            state: components["schemas"]["StepState"];
        };
        /** @description A job in a list. */
        JobSummary: {
            /**
             * Format: int32
             * @description Attempts at this stage so far.
             */
            attempt: number;
            /** Format: int64 */
            created_at: number;
            error?: components["schemas"]["ErrorView"] | null;
            /** Format: int64 */
            finished_at?: number | null;
            /** Format: uuid */
            id: string;
            /** @description Such as `reel.make`. */
            kind: string;
            /** @description The job that it is a part of. */
            parent_id?: string | null;
            /** @description The stage that runs, or runs next. */
            stage: string;
            /** Format: int64 */
            started_at?: number | null;
            /** @description `scheduled`, `ready`, `running`, `waiting`, `blocked`, `succeeded`, `dead`, `cancelled` or `expired`. */
            state: string;
            /** @description What it works on, such as a reel's id. */
            subject?: string | null;
        };
        /** @description A durable piece of work. */
        JobView: {
            /**
             * Format: int32
             * @description Attempts at this stage so far.
             */
            attempt: number;
            /**
             * Format: int32
             * @description Attempts that each stage has.
             */
            attempts: number;
            /** Format: int64 */
            created_at: number;
            error?: components["schemas"]["ErrorView"] | null;
            /** Format: int64 */
            finished_at?: number | null;
            id: string;
            /** @description `reel.make` or `reel.scene`. */
            kind: string;
            log: components["schemas"]["LogEntry"][];
            /** @description The job that it is a part of. */
            parent_id?: string | null;
            /** @description The stage that runs, or runs next. */
            stage: string;
            /** Format: int64 */
            started_at?: number | null;
            /** @description `scheduled`, `ready`, `running`, `waiting`, `succeeded`, `dead`, `cancelled` or `expired`. */
            state: string;
            steps: components["schemas"]["JobStep"][];
            /** @description The id of what it works on, such as a video. */
            subject: string;
        };
        /** @description A language, as a page needs it. */
        LanguageView: {
            /** @description ISO 639-1. */
            code: string;
            /** @description `ltr` or `rtl`. */
            dir: components["schemas"]["Direction"];
            /** @description Its own name. */
            name: string;
        };
        /** @description One sentence of the finished video. */
        Line: {
            /**
             * Format: int32
             * @description End in milliseconds, exclusive.
             */
            end_ms: number;
            /**
             * Format: int32
             * @description The page of the document that it comes from.
             */
            page?: number | null;
            /**
             * Format: int32
             * @description The number of its scene, from 1.
             */
            scene: number;
            /**
             * Format: int32
             * @description Start in milliseconds of the video.
             */
            start_ms: number;
            /** @description The sentence. */
            text: string;
        };
        /** @description A line of a job's log. */
        LogEntry: {
            /** Format: int64 */
            at: number;
            line: string;
        };
        /** @description What made a result. */
        MadeWith: {
            /** @description What read the document. */
            reading?: string | null;
            /** @description How the script was written. */
            script?: string | null;
            /** @description What drew and encoded. */
            video?: string | null;
            /** @description What spoke. */
            voice?: string | null;
        };
        /**
         * @description What kind of reel is asked for.
         * @enum {string}
         */
        Mode: "summary" | "explanation";
        /** @description What video to make of which document. */
        NewReel: {
            captions?: components["schemas"]["CaptionsPlace"] | null;
            /**
             * Format: uuid
             * @description From `POST /api/v1/documents`.
             */
            document_id: string;
            mode?: components["schemas"]["Mode"] | null;
            /** @description A presenter's id; without one the video has none. */
            presenter?: string | null;
            shape?: components["schemas"]["ShapeName"] | null;
            /** @description A voice's id; by default the best one of the document's language. */
            voice?: string | null;
        };
        /**
         * @description Where a step or a scene is.
         * @enum {string}
         */
        PartState: "pending" | "working" | "done" | "failed" | "edited";
        /** @description A presenter to choose. */
        PresenterView: {
            /** @description Its id. */
            id: string;
            /** @description A picture of it. */
            image_url: string;
            /** @description Its name. */
            name: string;
        };
        /** @description What happened and what to do, as `application/problem+json`. */
        Problem: Record<string, never> & {
            /** @description The stable code. */
            code: string;
            /** @description What happened this time and what to do, for a person. */
            detail: string;
            /** @description The id of the request, as in the header `X-Request-Id` and in the server's log. */
            request_id?: string | null;
            /**
             * Format: int32
             * @description The HTTP status, again.
             */
            status: number;
            /** @description The kind of problem in a few words; the same for each occurrence. */
            title: string;
            /**
             * Format: uri
             * @description Identifies the kind of problem: `https://sluice.invalid/problems/<code>`; an identifier, not an address.
             */
            type: string;
        };
        /** @description How far a job and all its child jobs have come, and what they cost. */
        ProgressView: {
            /** @description Its child jobs, in the order in which they were created. */
            children: components["schemas"]["ProgressView"][];
            /** @description What its own calls have cost, as far as that is known. */
            costs: components["schemas"]["StepCost"][];
            /** @description When it should be done: from and to, as its kind usually takes. */
            done_by?: number[] | null;
            id: string;
            kind: string;
            /**
             * Format: double
             * @description From 0 to 100: the mean of its steps and child jobs, as far as they are known by now.
             */
            percent: number;
            /**
             * Format: int64
             * @description What it and all its child jobs have cost, as far as that is known. In millionths of a US dollar.
             */
            spent_micro_usd: number;
            stage: string;
            state: string;
            steps: components["schemas"]["JobStep"][];
        };
        /** @description What there is to choose from. */
        ReelChoices: {
            /** @description How much to say. */
            modes: string[];
            /** @description Who can present. */
            presenters: components["schemas"]["PresenterView"][];
            /** @description Width to height. */
            shapes: string[];
        };
        /** @description What can be made of a document. */
        ReelOffer: {
            /** @description One per mode; a mode that the text is too short for is missing. */
            estimates: components["schemas"]["EstimateView"][];
            /** @description The voices that speak the document's language. */
            voices: components["schemas"]["VoiceView"][];
        };
        /** @description Some reels, newest first. */
        ReelPage: {
            /** @description The reels. */
            items: components["schemas"]["ReelSummary"][];
            /** @description Asks for the next page; nothing when this is the last one. */
            next_cursor?: string | null;
        };
        /**
         * @description The named stages of the job that makes a reel.
         * @enum {string}
         */
        ReelStage: "read" | "outline" | "script" | "scenes" | "assemble" | "publish";
        /**
         * @description Where a reel is.
         * @enum {string}
         */
        ReelState: "working" | "done" | "failed" | "cancelled" | "expired";
        /** @description A reel in a list, without its storyboard. */
        ReelSummary: {
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            created_at: number;
            /** @description The name of its document's file. */
            document_name: string;
            error?: components["schemas"]["ErrorView"] | null;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /**
             * Format: uuid
             * @description The job that makes it.
             */
            job_id: string;
            /** @description `summary` or `explanation`. */
            mode: components["schemas"]["Mode"];
            /**
             * Format: double
             * @description From 0 to 100.
             */
            percent: number;
            /** @description A picture of it, once there is one. */
            poster_url?: string | null;
            /**
             * Format: double
             * @description Its length in seconds, once it can be played.
             */
            seconds?: number | null;
            /** @description `16:9`, `9:16` or `1:1`. */
            shape: string;
            /** @description Where it is. */
            state: components["schemas"]["ReelState"];
            /** @description Its title. */
            title: string;
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            updated_at: number;
        };
        /** @description A reel. */
        ReelView: {
            /** @description `burned` or `beside`. */
            captions: components["schemas"]["CaptionsPlace"];
            /** @description What it costs. */
            cost: components["schemas"]["CostView"];
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            created_at: number;
            /** @description Its source. */
            document: components["schemas"]["DocumentBrief"];
            error?: components["schemas"]["ErrorView"] | null;
            /**
             * Format: int64
             * @description About how long it will still take, in milliseconds.
             */
            eta_ms?: number | null;
            /** @description Its id. */
            id: string;
            /** @description The job that makes it. */
            job_id: string;
            /** @description The language of its script. */
            language: components["schemas"]["LanguageView"];
            /** @description What made it. */
            made_with: components["schemas"]["MadeWith"];
            /** @description `summary` or `explanation`. */
            mode: components["schemas"]["Mode"];
            /**
             * Format: double
             * @description From 0 to 100.
             */
            percent: number;
            /** @description The presenter's id. */
            presenter?: string | null;
            result?: components["schemas"]["ResultView"] | null;
            /** @description The storyboard. */
            scenes: components["schemas"]["SceneView"][];
            /** @description `extract` when the script was chosen from the document's own sentences. */
            script_source?: string | null;
            /** @description `16:9`, `9:16` or `1:1`. */
            shape: string;
            /** @description Where it is. */
            state: components["schemas"]["ReelState"];
            /** @description Its steps, in order. */
            steps: components["schemas"]["StepView"][];
            /** @description Its title. */
            title: string;
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            updated_at: number;
            /** @description The voice's id. */
            voice: string;
        };
        /** @description The published video. */
        ResultView: {
            /**
             * Format: int64
             * @description Length of the MP4 in bytes.
             */
            bytes: number;
            /** @description The chapters, in order, without gaps. */
            chapters: components["schemas"]["Chapter"][];
            /** @description Chapters, a line each. */
            chapters_url: string;
            /** @description Whether it shows the storyboard as it is now. */
            current: boolean;
            /** @description What the MP4 is called when it is saved. */
            download_name: string;
            /** @description MP4, to save. */
            download_url: string;
            /**
             * Format: int32
             * @description In pixels.
             */
            height: number;
            /** @description The transcript with times and pages. */
            lines: components["schemas"]["Line"][];
            /** @description JPEG. */
            poster_url: string;
            /**
             * Format: double
             * @description Length in seconds.
             */
            seconds: number;
            /** @description Captions for players and editors. */
            srt_url: string;
            /** @description What is said, with page numbers. */
            transcript_url: string;
            /** @description MP4, to play. */
            video_url: string;
            /** @description Captions for browsers. */
            vtt_url: string;
            /**
             * Format: int32
             * @description In pixels.
             */
            width: number;
        };
        /**
         * @description What a scene shows.
         * @enum {string}
         */
        SceneKind: "title" | "page" | "question";
        /** @description What to change in a scene. */
        ScenePatch: {
            /** @description A new heading. */
            heading?: string | null;
            /**
             * Format: int32
             * @description A new place, from 1.
             */
            position?: number | null;
            /** @description New words to be said. */
            text?: string | null;
        };
        /**
         * @description The named stages of [`RenderScene`].
         * @enum {string}
         */
        SceneStage: "voice" | "captions" | "frames" | "clip";
        /** @description A scene of the storyboard. */
        SceneView: {
            /** @description Its picture without sound. */
            clip_url?: string | null;
            error?: components["schemas"]["ErrorView"] | null;
            /** @description Its heading. */
            heading: string;
            /** @description Its id; it stays the same when the scenes are put in another order. */
            id: string;
            /** @description A still of it. */
            image_url?: string | null;
            /** @description What it shows. */
            kind: components["schemas"]["SceneKind"];
            /**
             * Format: int32
             * @description Its place, from 1.
             */
            n: number;
            /** @description The pages that it cites. */
            pages: number[];
            /**
             * Format: double
             * @description From 0 to 100.
             */
            percent: number;
            /**
             * Format: double
             * @description Its length in seconds.
             */
            seconds?: number | null;
            /** @description What is said, sentence by sentence, each with the page that it comes from. */
            sentences: components["schemas"]["Sentence"][];
            /**
             * Format: int32
             * @description Its start in milliseconds of the video.
             */
            start_ms?: number | null;
            /** @description Where it is. */
            state: components["schemas"]["PartState"];
            step?: components["schemas"]["SceneStage"] | null;
            /** @description What is said. */
            text: string;
            /** @description Its sound. */
            voice_url?: string | null;
        };
        /** @description One spoken sentence. */
        Sentence: {
            /**
             * Format: int32
             * @description The page that says so (from 1); none for the closing question.
             */
            page?: number | null;
            /** @description Plain text. */
            text: string;
        };
        /**
         * @description The shape of a video, width before height.
         * @enum {string}
         */
        ShapeName: "16:9" | "9:16" | "1:1";
        /** @description What a step's calls have cost. */
        StepCost: {
            /**
             * Format: int64
             * @description In millionths of a US dollar.
             */
            micro_usd: number;
            /** @description The step's name. */
            step: string;
        };
        /**
         * @description Where a step is.
         * @enum {string}
         */
        StepState: "pending" | "running" | "done" | "failed";
        /** @description A named step of making a reel. */
        StepView: {
            /** @description Which. */
            name: components["schemas"]["ReelStage"];
            /**
             * Format: double
             * @description From 0 to 100.
             */
            percent: number;
            /** @description Where it is. */
            state: components["schemas"]["StepState"];
        };
        /** @description How much a further worker could do now. */
        UsefulWorkView: {
            /** @description By pool. */
            pools: {
                [key: string]: number;
            };
            /**
             * Format: int64
             * @description Of all pools together.
             */
            useful_work: number;
        };
        /** @description A voice that speaks the document's language. */
        VoiceView: {
            /** @description Whether it is used when none is chosen. */
            default: boolean;
            /** @description What speaks. */
            engine: string;
            /** @description Its id. */
            id: string;
            /** @description Whether its model is here. */
            installed: boolean;
            /** @description ISO 639-1. */
            language: string;
            /** @description Its name. */
            name: string;
        };
        /** @description Why a job is where it is. */
        WhyView: {
            /** @description When a job that has begun should be done: from and to, as its kind usually takes. */
            done_by?: number[] | null;
            /** @description When it should begin: from and to. */
            eta?: number[] | null;
            /**
             * Format: int64
             * @description Its place among the ready jobs of its owner, from 1.
             */
            position?: number | null;
            /**
             * @description Every reason that holds now. Each has a `reason` (`time`, `dependency`, `children`, `signal`, `call`, `paused`, `limit`,
             *     `rate`, `provider`, `budget`, `no_worker`, `share`, `running`, `ended`) and what belongs to it.
             */
            reasons: Record<string, never>[];
            state: string;
        };
    };
    responses: {
        /** @description The request cannot be understood. */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request is for another host. */
        ForeignHost: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A web page from elsewhere sent the request. */
        ForeignOrigin: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The server is at fault; its log has the cause under the request's id. */
        Internal: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request's body stopped arriving. */
        RequestTimeout: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request is too large. */
        TooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The database cannot be used now. */
        Unavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is of another type than expected, or its file is. */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
