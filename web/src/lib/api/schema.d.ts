// Written by `npm run generate` from openapi.json.
export interface paths {
    "/api/v1/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in, and what this session or token may do. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IdentityView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        /** Deletes one's own account: its sessions and tokens end at once, its jobs stop, and what it owns is removed. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Leaving"];
                };
            };
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description Nobody is signed in, or the token is not valid. */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                408: components["responses"]["RequestTimeout"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
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
            };
        };
        options?: never;
        head?: never;
        /** Changes one's own name. */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OwnChange"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AccountView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
                /** @description The request is well-formed, but cannot be fulfilled. */
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
    "/api/v1/account/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Changes one's own password; all other sessions end. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PasswordChange"];
                };
            };
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description Nobody is signed in, or the token is not valid. */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
                /** @description The request is well-formed, but cannot be fulfilled. */
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
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The signed-in browsers of this account, the latest first. */
        get: {
            parameters: {
                query?: {
                    /** @description Page size. */
                    limit?: number;
                    /** @description `next_cursor` of the previous page. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionPage"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        post?: never;
        /** Signs out everywhere else, and makes links that were signed before useless. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Ended"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
    "/api/v1/account/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Signs out one browser. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes an account, with an invitation or without one where sign-up is open, and signs in. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SignUpRequest"];
                };
            };
            responses: {
                /** @description Created. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AccountView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description This session or token may not do that, or the request comes from another origin. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                408: components["responses"]["RequestTimeout"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The accounts of this installation. */
        get: {
            parameters: {
                query?: {
                    /** @description Page size. */
                    limit?: number;
                    /** @description `next_cursor` of the previous page. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AccountPage"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /** Makes an account, without an invitation. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AddRequest"];
                };
            };
            responses: {
                /** @description Created. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AccountView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                408: components["responses"]["RequestTimeout"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/accounts/{owner}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An account. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    owner: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AccountView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
        /** Deletes an account: nobody can sign in, its jobs stop, and what it owns is removed. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    owner: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
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
        options?: never;
        head?: never;
        /** Changes an account. */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    owner: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AccountChange"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AccountView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                408: components["responses"]["RequestTimeout"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
    "/api/v1/admin/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The events of everybody, newest first. Without `owner`, 20,000 are looked through for each page. */
        get: {
            parameters: {
                query?: {
                    /** @description Page size. */
                    limit?: number;
                    /** @description `next_cursor` of the previous page. */
                    cursor?: string;
                    /** @description Only those of this owner, however old. */
                    owner?: string;
                    /** @description Only those of this kind, such as `job.changed`. */
                    kind?: string;
                    /** @description Only those about this id. */
                    subject?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AnyEventPage"];
                    };
                };
                /** @description The request is malformed. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
    "/api/v1/admin/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The invitations that can be used, the latest first. */
        get: {
            parameters: {
                query?: {
                    /** @description Page size. */
                    limit?: number;
                    /** @description `next_cursor` of the previous page. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InvitationPage"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /** Invites somebody: give them the link. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["InvitationRequest"];
                };
            };
            responses: {
                /** @description Created. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewInvitation"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                408: components["responses"]["RequestTimeout"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/invitations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes an invitation back. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/admin/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everybody's jobs, newest first: with `state=dead`, the dead letters. */
        get: {
            parameters: {
                query?: {
                    /** @description Page size. */
                    limit?: number;
                    /** @description `next_cursor` of the previous page. */
                    cursor?: string;
                    /** @description Only those in this state, such as `running`. */
                    state?: string;
                    /** @description Only those of this kind, such as `reel.make`. */
                    kind?: string;
                    /** @description Only those that ended with this code. */
                    code?: string;
                    /** @description Only those of this owner. */
                    owner?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AnyJobPage"];
                    };
                };
                /** @description The request is malformed. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
    "/api/v1/admin/jobs/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Runs dead jobs again, the oldest first, 100 at a time. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RedriveRequest"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Redriven"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/admin/jobs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancels anybody's job and its child jobs; those that run end at their next safe point. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Accepted; the work continues in the background. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/admin/jobs/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Retries anybody's dead, cancelled or expired job from where it stopped. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Accepted; the work continues in the background. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
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
    "/api/v1/admin/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is limited of everybody's work. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EngineLimitsView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        /** Limits how many jobs of something run at once, or how often, or sets an owner's weight. It applies at once. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["EngineLimitRequest"];
                };
            };
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                408: components["responses"]["RequestTimeout"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/limits/unset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes limits away. It applies at once. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["LiftRequest"];
                };
            };
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The sets of models, with what is there of them in the folder of the process that answers. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ModelsView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
    "/api/v1/admin/models/{set}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Begins to delete the files of a set that no other set has. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    set: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Accepted; the work continues in the background. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ModelJob"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
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
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/models/{set}/pull": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begins to download what is missing or damaged of a set, on the machine of the worker that runs the job. Interrupted, it
         *     continues where it was.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    set: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Accepted; the work continues in the background. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ModelJob"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
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
    "/api/v1/admin/models/{set}/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins to compare the hash of every file of a set. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    set: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Accepted; the work continues in the background. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ModelJob"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
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
    "/api/v1/admin/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The configured plans. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlanView"][];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
    "/api/v1/admin/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The providers, as the installation has them: its keys, and what everybody spends. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Provider"][];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
    "/api/v1/admin/providers/{name}/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Saves the installation's key for a provider, after the provider accepted it: that of everybody who has none. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ProviderKeyRequest"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProviderKey"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
                /** @description The request is well-formed, but cannot be fulfilled. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                500: components["responses"]["Internal"];
                /** @description The provider could not be asked. */
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                503: components["responses"]["Unavailable"];
            };
        };
        post?: never;
        /** Removes the installation's key for a provider. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/admin/providers/{name}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks a provider whether it accepts the installation's key. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProviderTest"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                500: components["responses"]["Internal"];
                /** @description The provider could not be asked. */
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                503: components["responses"]["Unavailable"];
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/queues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The pools of jobs with their work, and what is paused. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QueuesView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
    "/api/v1/admin/queues/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Starts no more jobs of a queue, a kind, an owner or a provider; those that run go on. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PauseRequest"];
                };
            };
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                408: components["responses"]["RequestTimeout"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/queues/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Starts jobs of it again. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ResumeRequest"];
                };
            };
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/storage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What each owner keeps, the most first. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["KeptView"][];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
    "/api/v1/admin/users/{owner}/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The limits of an account, and what is used of them. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    owner: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AccountLimits"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
        /** Gives an account a plan, and limits in the place of the plan's. They apply at once. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    owner: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["LimitsRequest"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AccountLimits"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{owner}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What an account uses. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    owner: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UsageView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The features of this server. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConfigView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
        /** The documents that the caller has, by the time when they came. One of which nothing is made is deleted after a day. */
        get: {
            parameters: {
                query?: {
                    /** @description Page size. */
                    limit?: number;
                    /** @description `next_cursor` of the previous page. */
                    cursor?: string;
                    /** @description Only those whose name contains this, ignoring case. */
                    q?: string;
                    /** @description `newest` or `oldest` first; without it the newest. */
                    sort?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DocumentPage"];
                    };
                };
                /** @description The request is malformed. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /**
         * Uploads a document: reads it immediately, and returns its properties or why it was rejected. If pages are read by OCR,
         *     that is done by a job: the answer is 202, `reading` tells how far it is, and `document.changed` events tell of changes.
         */
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
                        /** @description `true` reads the pages by OCR (for scans). */
                        ocr?: boolean;
                    };
                };
            };
            responses: {
                /** @description Created. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DocumentView"];
                    };
                };
                /** @description Accepted; the work continues in the background. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DocumentView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
                /** @description The media type of the body or of its file is not supported. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
    "/api/v1/documents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A document as it is known now. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DocumentView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
        /** Deletes a document of which nothing is made. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
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
         * Events as they happen: `job.changed` (`job_id`, `subject`, `state`, `stage`), those of the apps, such as
         *     `reel.changed` (`subject` is the id of what changed), and `limit.near` (a soft limit is reached: `limit`, `holder`, `used`,
         *     `soft`, `hard`, `until`). Without a last id the stream starts with new events.
         * @description The first event is `hello`, with the position from which the stream continues; or `reset`, if events after the last id are
         *     no longer kept or the id is unknown here. The data of `reset` are a `PresentState`: the present state, so that a client
         *     replaces what it knows and continues from there. A comment every 15 seconds keeps an idle connection open. The stream ends with
         *     the session, token or account that it was opened with, within ten seconds.
         */
        get: {
            parameters: {
                query?: {
                    /** @description As the header `Last-Event-ID`, for clients that cannot set it. */
                    last_event_id?: number | null;
                };
                header?: {
                    /** @description Replays the events after this one */
                    "Last-Event-ID"?: number | null;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": string;
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
        /** The example documents. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ExampleView"][];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
        /** Responds once the database does. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
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
    "/api/v1/hooks/{provider}/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Receives a notification of a provider. It only wakes the job that waits for the call, which then asks the provider: a repeated or
         *     late one, and one of an unknown call, is accepted and changes nothing.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    provider: string;
                    token: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                /** @description This session or token may not do that, or the request comes from another origin. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Not found. */
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
                    /** @description Page size. */
                    limit?: number;
                    /** @description `next_cursor` of the previous page. */
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
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobPage"];
                    };
                };
                /** @description The request is malformed. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
        /** Cancels a job and its child jobs. Finished work is kept. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
        /** The progress of a job and its child jobs, as a tree. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProgressView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
        /** Retries a dead, cancelled or expired job from where it stopped. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Accepted; the work continues in the background. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
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
        /** Why a job waits: every current reason, its position in the queue, and the estimated time of its start. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WhyView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/phrase-drafts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks a language model for phrases on a theme. They are drafts: nothing is in the review queue before it is kept. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Wanted"];
                };
            };
            responses: {
                /** @description Accepted; the work continues in the background. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DraftsView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                408: components["responses"]["RequestTimeout"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/phrase-drafts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Drafts, once they are there. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DraftsView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/phrase-drafts/{id}/keep": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keeps drafts: their cards are made. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Kept"];
                };
            };
            responses: {
                /** @description All of them were there. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PhrasesAdded"];
                    };
                };
                /** @description Created. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PhrasesAdded"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                408: components["responses"]["RequestTimeout"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/phrase-exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begins an export of the approved cards that are not excluded. Its file is at `href`; the cards are exported once it was received as
         *     a whole. Imported again, it updates the cards of before, and never duplicates them.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewExport"];
                };
            };
            responses: {
                /** @description Created. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ExportView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                408: components["responses"]["RequestTimeout"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/phrase-exports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An export, and whether its file was received. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ExportView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/phrase-exports/{id}/arrived": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says which notes arrived in Anki: their cards are exported, unless they changed since. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ArrivedNotes"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Marked"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/phrase-exports/{id}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The file of an export, with the cards as they are now. It is streamed while it is written. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": string;
                        "application/zip": string;
                        "text/csv": string;
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
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
    "/api/v1/phrase-exports/{id}/notes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The notes of an export for a running Anki, 500 at most: the page pushes them by `AnkiConnect`, and says which arrived. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_after` of the previous page. */
                    after?: string;
                };
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NotesToPush"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/phrase-exports/{id}/package": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A package of some notes of an export, in the form that every Anki reads: the page has a running Anki import it by `AnkiConnect`, so
         *     that the notes are the same as those of every other package. Nothing is exported by it; `…/arrived` says which notes are in Anki.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NotesToPackage"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": string;
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                408: components["responses"]["RequestTimeout"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/phrases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Phrases with their cards. */
        get: {
            parameters: {
                query?: {
                    /** @description Page size. */
                    limit?: number;
                    /** @description `next_cursor` of the previous page, of the same list in the same order. */
                    cursor?: string;
                    /** @description Only those that have this in the phrase, its translation or its transliteration, ignoring case. */
                    q?: string;
                    /** @description Only those with this status. */
                    status?: "processing" | "pending_review" | "approved" | "exported" | "failed";
                    /** @description Only those in this language (ISO 639-1). */
                    language?: string;
                    /** @description Only those that came as this. */
                    source?: "text" | "image" | "audio";
                    /** @description Only those that are left out of decks, or only the others. */
                    excluded?: boolean;
                    /** @description Only those with a doubtful or missing field, or only the others. */
                    doubtful?: boolean;
                    /** @description The order: `doubtful` has those with the most doubtful or missing fields first. */
                    sort?: "newest" | "oldest" | "changed" | "doubtful";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PhrasePage"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /**
         * Adds phrases as text; their cards are made in the background. A phrase of which there is a card in the same languages is that card,
         *     unless `again` is true.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A repeated key returns what its first request made. From 1 to 255 visible ASCII characters, with or without quotes. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewPhrases"];
                };
            };
            responses: {
                /** @description All of them were there. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PhrasesAdded"];
                    };
                };
                /** @description Created. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PhrasesAdded"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                408: components["responses"]["RequestTimeout"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
    "/api/v1/phrases/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Acts on up to 500 phrases. Each for which it is not possible is skipped, and says why. All but a retry can be undone for a day. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PhrasesActed"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                408: components["responses"]["RequestTimeout"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/phrases/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Uploads a picture or a sound; a card is made of it in the background. What was sent is kept, and a recording is the card's sound. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A repeated key returns what its first request made. From 1 to 255 visible ASCII characters, with or without quotes. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "multipart/form-data": {
                        /**
                         * Format: binary
                         * @description A picture (JPEG, PNG, WebP) or a sound of at most 30 s (MP3, M4A, WAV, OGG, `WebM`, FLAC); at most 20 MiB.
                         */
                        file: string;
                        /** @description ISO 639-1 code of its language; found out without it. */
                        language?: string;
                        /** @description ISO 639-1 code of what it is translated into; English without it. */
                        translate_to?: string;
                    };
                };
            };
            responses: {
                /** @description Created. */
                201: {
                    headers: {
                        Location?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PhraseView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
                /** @description The media type of the body or of its file is not supported. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
    "/api/v1/phrases/fronts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reads the fronts of a deck, so that phrases on a theme can avoid them. Nothing of it is kept. */
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
                         * @description A deck: `.apkg` or `.colpkg` of Anki, its export as text or CSV, or a list with a phrase on each line; at most 100 MiB.
                         */
                        file: string;
                    };
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FrontsView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
                /** @description The media type of the body or of its file is not supported. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
    "/api/v1/phrases/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Undoes an action, each phrase once. One that was changed since is skipped; one of which there is another card by now is left for later. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Undo"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PhrasesActed"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                408: components["responses"]["RequestTimeout"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
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
    "/api/v1/phrases/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A phrase with its card. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        ETag?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PhraseView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
        /** Deletes a phrase. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
        /** Edits a card. What is written is sure; an exported card is to be exported again. While its card is being made, it is refused. */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The `etag` of the phrase that is changed: refused if it is not the current one. */
                    "If-Match"?: string;
                };
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PhraseChange"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        ETag?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PhraseView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                408: components["responses"]["RequestTimeout"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Somebody else changed it first: `If-Match` names an earlier state. */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
    "/api/v1/phrases/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approves a card that is to be reviewed. With `If-Match` only as the person saw it. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The `etag` of the phrase that is approved: refused if it is not the current one. */
                    "If-Match"?: string;
                };
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PhraseActed"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Somebody else changed it first: `If-Match` names an earlier state. */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
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
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/phrases/{id}/exclude": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Leaves a card out of decks. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PhraseActed"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/phrases/{id}/include": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes a card into decks again. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PhraseActed"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/phrases/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How a card looks in Anki, whatever its status. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SidesView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/phrases/{id}/redo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a card again in another language, or one field of it, or its sound. What was being made of it ends. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RedoRequest"];
                };
            };
            responses: {
                /** @description Accepted; the work continues in the background. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PhraseView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                408: components["responses"]["RequestTimeout"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/phrases/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a card that failed once more. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Accepted; the work continues in the background. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PhraseView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
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
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/phrases/{id}/send-back": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends an approved or exported card back to be reviewed. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PhraseActed"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
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
    "/api/v1/presenters/{presenter}/picture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The picture of a provider's presenter: a redirect to a signed link. It is fetched from the provider by the first request. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The presenter's id. */
                    presenter: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Redirects to the address in Location. */
                302: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                500: components["responses"]["Internal"];
                /** @description The database is unavailable. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
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
    "/api/v1/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The providers, as this account uses them. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Provider"][];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
    "/api/v1/providers/{name}/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Saves this account's own key for a provider, after the provider accepted it. It is used before that of the installation. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ProviderKeyRequest"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProviderKey"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
                /** @description The request is well-formed, but cannot be fulfilled. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                500: components["responses"]["Internal"];
                /** @description The provider could not be asked. */
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                503: components["responses"]["Unavailable"];
            };
        };
        post?: never;
        /** Removes this account's own key for a provider. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/providers/{name}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks a provider whether it accepts the key that this account's requests are made with, by a request that costs nothing. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProviderTest"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                500: components["responses"]["Internal"];
                /** @description The provider could not be asked. */
                502: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                503: components["responses"]["Unavailable"];
            };
        };
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
        /** Reels, page by page. */
        get: {
            parameters: {
                query?: {
                    /** @description Page size. */
                    limit?: number;
                    /** @description `next_cursor` of the previous page. */
                    cursor?: string;
                    /** @description Only those whose title or document name contains this, ignoring case. */
                    q?: string;
                    /** @description Only those in this state. */
                    state?: "working" | "done" | "failed" | "cancelled" | "expired";
                    /** @description `newest` first, which is the default, or `oldest`. A cursor goes on in the order that it came with. */
                    sort?: "newest" | "oldest";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReelPage"];
                    };
                };
                /** @description The request is malformed. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /** Starts a reel of a document, or of the file in a form. The work continues in the background. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A repeated key returns what its first request made. From 1 to 255 visible ASCII characters, with or without quotes. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewReel"];
                    "multipart/form-data": {
                        /** @description `burned` ("Burned in": part of the picture, the default) or `beside` ("Subtitle track": shown on request). */
                        captions?: components["schemas"]["CaptionsPlace"];
                        /**
                         * Format: binary
                         * @description The PDF.
                         */
                        file: string;
                        /** @description `summary` (60 to 90 s, the default) or `explanation` (90 to 150 s); less of a short document. */
                        mode?: components["schemas"]["Mode"];
                        /** @description `true` reads the pages by OCR (for scans). */
                        ocr?: boolean;
                        /**
                         * @description A presenter's id: one that is drawn, or one of a provider; `none` for a video without a presenter. By default the drawn one
                         *     who fits the voice.
                         */
                        presenter?: string;
                        /** @description `extract` (sentences of the document itself, the default) or `written` (by a language model). */
                        script?: components["schemas"]["ScriptChoice"];
                        /** @description `16:9` (the default), `9:16` or `1:1`. */
                        shape?: components["schemas"]["ShapeName"];
                        /** @description A voice's id; by default the best one for the document's language that fits the presenter. */
                        voice?: string;
                    };
                };
            };
            responses: {
                /** @description Accepted; the work continues in the background. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReelView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                408: components["responses"]["RequestTimeout"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request is too large. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The media type of the body or of its file is not supported. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        /** A reel: storyboard, steps, cost and, once it is done, its files. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReelView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
        /** Deletes a reel with its files and its document, and cancels its jobs. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Redirects to the address in Location. */
                302: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
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
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Redirects to the address in Location. */
                302: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
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
    "/api/v1/reels/{id}/pages/{page}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The picture of a page that a scene shows: a redirect to a signed link. It is drawn by the first request. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                    /** @description The number of the page, from 1. */
                    page: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Redirects to the address in Location. */
                302: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                500: components["responses"]["Internal"];
                /** @description The database is unavailable. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
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
        /** Renders everything that was changed, and assembles the video again. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Accepted; the work continues in the background. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReelView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Redirects to the address in Location. */
                302: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
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
    "/api/v1/reels/{id}/scenes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Adds a scene with a person's own text. It is rendered only on request. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SceneAdded"];
                };
            };
            responses: {
                /** @description Created. */
                201: {
                    headers: {
                        ETag?: string;
                        Location?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SceneView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                408: components["responses"]["RequestTimeout"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        /** A scene; its `ETag` makes a change conditional. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                    /** @description The number of the scene, from 1. */
                    n: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        ETag?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SceneView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
        /** Deletes a scene; the ones after it move up. The video is assembled again only on request. */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The `etag` of the scene that is deleted: refused if it is not the current one. */
                    "If-Match"?: string;
                };
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                    /** @description The number of the scene, from 1. */
                    n: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReelView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Somebody else changed it first: `If-Match` names an earlier state. `scene` is the current one. */
                412: {
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
        /** Edits a scene. It is rendered again only on request. */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The `etag` of the scene that is changed: refused if it is not the current one. */
                    "If-Match"?: string;
                };
                path: {
                    /** @description The id that the server assigned. */
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
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReelView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                408: components["responses"]["RequestTimeout"];
                /** @description Somebody else changed it first: `If-Match` names an earlier state. `scene` is the current one. */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        /** Renders a scene that was changed, and assembles the video again. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The `etag` of the scene that is rendered: refused if it is not the current one. */
                    "If-Match"?: string;
                };
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                    /** @description The number of the scene, from 1. */
                    n: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Accepted; the work continues in the background. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReelView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Somebody else changed it first: `If-Match` names an earlier state. `scene` is the current one. */
                412: {
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
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs in: the response sets the cookie of a session, which a browser sends by itself. Programs use tokens instead. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Credentials"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AccountView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                /** @description Nobody is signed in, or the token is not valid. */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                403: components["responses"]["NotAllowed"];
                408: components["responses"]["RequestTimeout"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
            };
        };
        /** Signs out, on this browser. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Recordings, the newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description Page size. */
                    limit?: number;
                    /** @description `next_cursor` of the previous page. */
                    cursor?: string;
                    /** @description Only those whose title contains this, ignoring case. */
                    q?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordingPage"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /** Begins a recording. Its segments and chunks follow: see `docs/recording.md`. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A repeated key returns what its first request made. From 1 to 255 visible ASCII characters, with or without quotes. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewSession"];
                };
            };
            responses: {
                /** @description Created. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordingView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                408: components["responses"]["RequestTimeout"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
    "/api/v1/sessions/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Uploads a sound or a video, which becomes a session that has ended, and is transcribed. A large one is better sent by
         *     `/api/v1/uploads`, which can be continued.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A repeated key returns what its first request made. From 1 to 255 visible ASCII characters, with or without quotes. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "multipart/form-data": {
                        /**
                         * Format: binary
                         * @description The sound or the video: MP3, M4A, WAV, OGG, `WebM`, FLAC or MP4, at most 2 GiB.
                         */
                        file: string;
                        /** @description ISO 639-1 code of what is spoken, or a tag that begins with it, such as `en-US`; found out without it. */
                        language?: string;
                        /** @description The session's title; without it the file's name. */
                        title?: string;
                    };
                };
            };
            responses: {
                /** @description Created. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordingView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
                /** @description The media type of the body or of its file is not supported. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
    "/api/v1/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A recording with its segments. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordingView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
        /** Deletes a recording with everything of it; refused while it is held. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
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
        options?: never;
        head?: never;
        /** Changes a recording's title, its language, or whether it is paused. */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SessionChange"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordingView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                408: components["responses"]["RequestTimeout"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
    "/api/v1/sessions/{id}/finish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends a recording. While chunks are missing, or a segment is not closed, it is refused with what is missing (`gaps`), unless that is
         *     accepted: by `accept_gaps` whatever it is, with `missing` and `open` no more than these. Ending it again changes nothing.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Finish"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordingView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                408: components["responses"]["RequestTimeout"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
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
    "/api/v1/sessions/{id}/gaps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which chunks are missing. A segment that has not been closed is not complete, since more may come. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Gaps"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/sessions/{id}/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Holds a recording: nothing of it is moved to another tier or deleted until the hold ends. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewHold"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HoldView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        post?: never;
        /** Ends the hold on a recording; without one nothing changes. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/sessions/{id}/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is heard while a recording goes on. Passages that are certain stay as they are; the others are replaced by the next
         *     hearing, of which the event `scribe.heard` tells. When the recording has its transcript, there is nothing here any more.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only passages that end after this moment, in milliseconds from the session's beginning. */
                    after_ms?: number;
                };
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LiveTranscript"];
                    };
                };
                /** @description The request is malformed. */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/sessions/{id}/segments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins a segment of a recording. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewSegmentOf"];
                };
            };
            responses: {
                /** @description Created. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SegmentView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                408: components["responses"]["RequestTimeout"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/segments/{segment}/audio": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The bytes of a segment: its chunks, joined in order. Ranges are served. If they are in an archive, they are restored first,
         *     and the response has `Sluice-Restored: archive`; `410` if the sound was deleted by the rules of keeping.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                    segment: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "audio/flac": string;
                        "audio/mp4": string;
                        "audio/mpeg": string;
                        "audio/ogg": string;
                        "audio/wav": string;
                        "audio/webm": string;
                        "video/webm": string;
                    };
                };
                /** @description An internal error; the server's log has its cause under the request id. */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "audio/flac": string;
                        "audio/mp4": string;
                        "audio/mpeg": string;
                        "audio/ogg": string;
                        "audio/wav": string;
                        "audio/webm": string;
                        "multipart/byteranges": string;
                        "video/webm": string;
                    };
                };
                /** @description An internal error; the server's log has its cause under the request id. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It has expired, or has ended. */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description An internal error; the server's log has its cause under the request id. */
                416: {
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
    "/api/v1/sessions/{id}/segments/{segment}/chunks/{chunk}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Stores a chunk. It is acknowledged when it is durable; the same bytes again are a duplicate, which changes nothing. Any
         *     order is right.
         */
        put: {
            parameters: {
                query: {
                    /** @description Where it begins, in milliseconds of its segment. */
                    start_ms: number;
                    /** @description How long it is, in milliseconds. */
                    length_ms: number;
                };
                header: {
                    /** @description `sha-256=:…:` with the SHA-256 of the bytes in Base64 (RFC 9530). */
                    "Content-Digest": string;
                };
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                    segment: number;
                    chunk: number;
                };
                cookie?: never;
            };
            /** @description At most 10,000,000 bytes. */
            requestBody: {
                content: {
                    "application/octet-stream": string;
                };
            };
            responses: {
                /** @description It was stored before. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Acknowledged"];
                    };
                };
                /** @description Created. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Acknowledged"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Timeout while waiting for the request body. */
                408: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request is too large. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The server works on enough chunks of this session, the chunk was repeated too often, or a limit is reached: Retry-After says when the next request is accepted. */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                500: components["responses"]["Internal"];
                /** @description The server works on as many chunks as its memory allows (`server_busy`, with `can_accept`), or its database is overloaded or unavailable: Retry-After says when to send the chunk again. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
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
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/segments/{segment}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says how many chunks a segment has: no more will come. Those that are missing may still be sent. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                    segment: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Close"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SegmentView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                408: components["responses"]["RequestTimeout"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/speakers/{speaker}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Names the voice of a speaker: in this session, and in every other one in which it is heard. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                    speaker: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SpeakerName"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Speaker"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What stands for the whole transcript: an overview, decisions, tasks, key moments, terms, and who speaks how much. A language
         *     model wrote it where one is routed (`written`), with the passages that each item is from; else it quotes (`extract`), and
         *     `instead` says why.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Summary"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
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
        /**
         * Makes the summary again, of the transcript as it is now: after corrections, or because there is a model by now. Nothing is heard
         *     again, and the same words are not paid for twice. The answer names the job. While something is made of the session, nothing
         *     changes; until the new summary is there, the old one is.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Accepted; the work continues in the background. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordingView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
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
    "/api/v1/sessions/{id}/transcribe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Transcribes a recording that has ended: again, or for the first time if it was only recorded. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Accepted; the work continues in the background. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordingView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It has expired, or has ended. */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
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
    "/api/v1/sessions/{id}/transcript": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was said and by whom, with the times of the words, what was left out, and where there is no sound. `ETag` is its revision. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        ETag?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Transcription"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
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
    "/api/v1/sessions/{id}/transcript/passages/{passage}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Corrects a passage. The words that stay keep their times, and new ones share the time of those that they replace. What was heard
         *     is kept.
         */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The `ETag` of the transcript that is changed: refused if it is not the current one. */
                    "If-Match"?: string;
                };
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                    passage: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PassageEdit"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        ETag?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Passage"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                408: components["responses"]["RequestTimeout"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Somebody else changed it first: `If-Match` names an earlier state. */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        post?: never;
        /** Takes back what was changed of a passage: it is as it was heard. */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The `ETag` of the transcript that is changed: refused if it is not the current one. */
                    "If-Match"?: string;
                };
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                    passage: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        ETag?: string;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Passage"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Somebody else changed it first: `If-Match` names an earlier state. */
                412: {
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
    "/api/v1/sessions/{id}/transcript/{format}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The transcript as a file: text, captions (`srt`, `vtt`), `json`, Markdown (`md`) or a Word document (`docx`). */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                    format: "txt" | "srt" | "vtt" | "json" | "md" | "docx";
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": string;
                        "application/x-subrip": string;
                        "text/markdown": string;
                        "text/plain": string;
                        "text/vtt": string;
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
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
    "/api/v1/sessions/{id}/waveform": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How loud a recording is when, on its one time line. */
        get: {
            parameters: {
                query?: {
                    /** @description How many points. */
                    points?: number;
                };
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Waveform"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
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
    "/api/v1/storage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is kept in which tier, how much more comes, and how full the disk is. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StorageReport"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
    "/api/v1/storage/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Holds everything: nothing is moved to another tier or deleted by a rule, and no session can be deleted, until the hold ends. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewHold"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StorageHold"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                408: components["responses"]["RequestTimeout"];
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        post?: never;
        /** Ends the hold on everything. Holds on single sessions stay. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
    "/api/v1/storage/periods/{app}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How long what one has of an app is kept in each tier. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    app: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StoragePeriods"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
        /** Sets how long what one has of an app is kept in each tier. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    app: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewPeriods"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StoragePeriods"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        post?: never;
        /** Leaves how long what one has of an app is kept to the installation again. What has days of its own keeps them. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    app: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/storage/periods/{app}/{subject}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How long one thing is kept in each tier. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    app: string;
                    subject: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StoragePeriods"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
        /** Sets how long one thing is kept in each tier, whatever else is set. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    app: string;
                    subject: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewPeriods"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StoragePeriods"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        post?: never;
        /** Keeps one thing as long as everything else again. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    app: string;
                    subject: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tokens of this account, the latest first. */
        get: {
            parameters: {
                query?: {
                    /** @description Page size. */
                    limit?: number;
                    /** @description `next_cursor` of the previous page. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TokenPage"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /** Makes a token. Its secret is in this response and nowhere else. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TokenRequest"];
                };
            };
            responses: {
                /** @description Created. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewToken"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revokes a token. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The uploads that are not complete, the newest first: each can be continued from its offset, or deleted. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UploadView"][];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /**
         * Begins a resumable upload (tus 1.0). `Location` is its address, to which the bytes are sent by `PATCH`; the request may
         *     bring the first ones itself.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    /** @description The version of tus. */
                    "Tus-Resumable": "1.0.0";
                    /** @description The file's length in bytes. */
                    "Upload-Length": number;
                    /** @description Pairs of a key and a value in Base64, separated by commas: `filename` is the file's name; `ocr` is `true` if its pages are to be read by OCR; `app` is the app that is to take a file that is no document, where several could; `language` and `translate_to` are for that app, if it asks for them. */
                    "Upload-Metadata"?: string | null;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Created. */
                201: {
                    headers: {
                        Location?: string;
                        "Sluice-Document"?: string;
                        "Sluice-Taken"?: string;
                        "Upload-Expires"?: string;
                        "Upload-Offset"?: number;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Another version of tus is needed. */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request is too large. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The media type of the body or of its file is not supported. */
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Another request is doing this now: try again when it has ended. */
                423: {
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
                /** @description The checksum does not match. Nothing was stored. */
                460: {
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
        /** What the server speaks: tus 1.0 with its extensions, and the largest file. */
        options: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        "Tus-Checksum-Algorithm"?: string;
                        "Tus-Extension"?: string;
                        "Tus-Max-Size"?: number;
                        "Tus-Version"?: string;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where an upload stands. `HEAD` gives the headers alone, as tus has it. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        "Sluice-Document"?: string;
                        "Sluice-Taken"?: string;
                        "Upload-Expires"?: string;
                        "Upload-Length"?: number;
                        "Upload-Metadata"?: string;
                        "Upload-Offset"?: number;
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UploadView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It has expired, or has ended. */
                410: {
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
        /** Removes an upload with what was received. A document that it became stays. */
        delete: {
            parameters: {
                query?: never;
                header: {
                    /** @description The version of tus. */
                    "Tus-Resumable": "1.0.0";
                };
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It has expired, or has ended. */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Another version of tus is needed. */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                421: components["responses"]["ForeignHost"];
                /** @description Another request is doing this now: try again when it has ended. */
                423: {
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
        options?: never;
        head?: never;
        /**
         * Appends bytes at `Upload-Offset`. When they are the last ones, the file becomes a document, whose id is in
         *     `Sluice-Document`, or what an app makes of it: `Sluice-Taken` has the app's name, `/` and the id.
         *     A file that can become neither is refused with its reason, and the upload has ended.
         */
        patch: {
            parameters: {
                query?: never;
                header: {
                    /** @description The version of tus. */
                    "Tus-Resumable": "1.0.0";
                    /** @description Where the bytes belong: what `HEAD` gave. */
                    "Upload-Offset": number;
                    /** @description `sha1` or `sha256`, a space, and the digest of the request's body in Base64. */
                    "Upload-Checksum"?: string | null;
                };
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/offset+octet-stream": string;
                };
            };
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        "Sluice-Document"?: string;
                        "Sluice-Taken"?: string;
                        "Upload-Expires"?: string;
                        "Upload-Offset"?: number;
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                408: components["responses"]["RequestTimeout"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description It has expired, or has ended. */
                410: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Another version of tus is needed. */
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The request is too large. */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Another request is doing this now: try again when it has ended. */
                423: {
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
                /** @description The checksum does not match. Nothing was stored. */
                460: {
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
        trace?: never;
    };
    "/api/v1/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is used of every limit that applies to who asks, and when there is more. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UsageView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
    "/api/v1/voices/{voice}/sample": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A sentence in a voice, as WAV: a redirect to a signed link. It is spoken by the first request. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The voice's id. */
                    voice: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Redirects to the address in Location. */
                302: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
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
                /** @description The database is unavailable. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
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
    "/api/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The webhooks of this account. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookView"][];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                503: components["responses"]["Unavailable"];
            };
        };
        put?: never;
        /** Makes a webhook, which is notified of what happens from now on. Its secret is in this response and nowhere else. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WebhookRequest"];
                };
            };
            responses: {
                /** @description Created. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookSecret"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                408: components["responses"]["RequestTimeout"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A webhook. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
        /** Deletes a webhook: nothing more is sent to it. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
        /** Changes a webhook. */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WebhookChange"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
                /** @description The request is well-formed, but cannot be fulfilled. */
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
    "/api/v1/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The deliveries to a webhook, the newest first. They are kept for 30 days. */
        get: {
            parameters: {
                query?: {
                    /** @description Page size. */
                    limit?: number;
                    /** @description `next_cursor` of the previous page. */
                    cursor?: string;
                    /** @description Only those in this state. */
                    state?: string;
                };
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DeliveryPage"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/webhooks/{id}/deliveries/{delivery}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A delivery: what is sent, and what came of it. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                    delivery: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DeliveryDetail"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
    "/api/v1/webhooks/{id}/deliveries/{delivery}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a delivery again, under the same id. One that is pending is tried now. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                    delivery: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Accepted; the work continues in the background. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DeliveryView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
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
    "/api/v1/webhooks/{id}/ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a test, of type `webhook.ping`, whatever the filter is. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Accepted; the work continues in the background. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DeliveryView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The current state does not allow this. */
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
    "/api/v1/webhooks/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends the deliveries of a range again, under their ids. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReplayRequest"];
                };
            };
            responses: {
                /** @description Accepted; the work continues in the background. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReplayView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                408: components["responses"]["RequestTimeout"];
                /** @description The current state does not allow this. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                413: components["responses"]["TooLarge"];
                415: components["responses"]["UnsupportedMediaType"];
                421: components["responses"]["ForeignHost"];
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/secret/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a new secret, which is in this response and nowhere else. For a while deliveries are signed with the old one, too. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id that the server assigned. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RotationRequest"];
                };
            };
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookSecret"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
                /** @description Not found. */
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
                /** @description The request is well-formed, but cannot be fulfilled. */
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process runs at all: it looks at nothing else. A process that does not answer is to be started again. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LiveView"];
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
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether requests can be served now: database, media, the engine of this process, and room on its disk. A problem that is
         *     not ready has the same `checks`. An answer may be a second old.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReadyView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                421: components["responses"]["ForeignHost"];
                500: components["responses"]["Internal"];
                /** @description The database is unavailable. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
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
    "/internal/useful-work": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** For an autoscaler: runnable and running jobs, excluding those that wait for a provider, a paused target or a budget. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UsefulWorkView"];
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
        /**
         * Jobs, providers, money and bytes, and errors that were recovered from, for Prometheus. Counters are those of this process
         *     since its start; gauges are those of the whole database, a few seconds old at most, and the bytes of media a minute.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Success. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                400: components["responses"]["BadRequest"];
                401: components["responses"]["NotSignedIn"];
                403: components["responses"]["NotAllowed"];
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
        /** @description What is to be changed of an account; what is left out stays. */
        AccountChange: {
            name?: string | null;
            /** @description A new password, for somebody who forgot it; it signs out everywhere. */
            password?: string | null;
            /** @description The plan whose limits apply. */
            plan?: string | null;
            /** @description `admin` or `member`. */
            role?: string | null;
            /** @description `active` or `suspended`, which signs out everywhere at once. */
            state?: string | null;
        };
        /** @description Limits of an account, and what is used of them. */
        AccountLimits: {
            /** @description What is in the place of the plan's limits. */
            overrides: components["schemas"]["OverridesView"];
            /** @description The plan. */
            plan: string;
            /** @description What is used. */
            usage: components["schemas"]["UsageView"];
        };
        /** @description A page of accounts, the oldest first. */
        AccountPage: {
            items: components["schemas"]["AccountView"][];
            /** @description The cursor of the next page; none on the last page. */
            next_cursor?: string | null;
        };
        /** @description An account. */
        AccountView: {
            /** Format: int64 */
            created_at: number;
            email?: string | null;
            /** @description The owner of everything that it has. */
            id: string;
            /** @description What the person wants to be called. */
            name: string;
            /** @description The plan whose limits apply. */
            plan: string;
            /** @description `admin` or `member`. */
            role: string;
            /** @description `active` or `suspended`. */
            state: string;
        };
        /** @description A chunk that is stored. */
        Acknowledged: {
            /** @description Whether the next one may be sent. */
            can_accept: boolean;
            /** @description It was stored before. */
            duplicate: boolean;
            /**
             * Format: int32
             * @description How many other chunks of this session the server works on.
             */
            waiting: number;
        };
        /** @description An account that an administrator makes. */
        AddRequest: {
            email: string;
            name: string;
            password: string;
            /** @description `admin` or `member`, which is the default. */
            role?: string | null;
        };
        /** @description A page of everybody's events, newest first. */
        AnyEventPage: {
            items: components["schemas"]["AnyEventView"][];
            /** @description The cursor of the next page; none on the last page. */
            next_cursor?: string | null;
        };
        /** @description That something happened, without what is in it. */
        AnyEventView: {
            /** Format: int64 */
            at: number;
            /** @description Such as `job.changed`. */
            kind: string;
            owner: string;
            /** @description What the owner is called, if it is an account. */
            owner_name?: string | null;
            /** @description The id of what it is about. */
            subject: string;
        };
        /** @description A page of everybody's jobs, newest first. */
        AnyJobPage: {
            items: components["schemas"]["AnyJobView"][];
            /** @description The cursor of the next page; none on the last page. */
            next_cursor?: string | null;
        };
        /** @description A job, with its owner. */
        AnyJobView: {
            job: components["schemas"]["JobSummary"];
            owner: string;
            /** @description What the owner is called, if it is an account. */
            owner_name?: string | null;
        };
        /** @description A note that is in Anki. */
        Arrived: {
            /**
             * Format: int64
             * @description `changed_at` of the note that was pushed.
             */
            changed_at: number;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
        };
        /** @description Notes that are in Anki. */
        ArrivedNotes: {
            /** @description Each of them. */
            notes: components["schemas"]["Arrived"][];
        };
        /** @description A language model that is asked for each card. */
        AskedModel: {
            /**
             * Format: int64
             * @description The most that a card of ten words costs, with its repair and its second check, in millionths of a US dollar; null if the
             *     price is not known.
             */
            most_micro_usd?: number | null;
            /** @description The provider that is asked first. */
            provider: string;
            /**
             * Format: int64
             * @description About what ten phrases on a theme cost; null if the price is not known.
             */
            ten_drafts_micro_usd?: number | null;
        };
        /** @description A voice that cards are spoken with, and that costs something. */
        AskedVoice: {
            /**
             * Format: int64
             * @description The most that it costs to speak a card of ten words, in millionths of a US dollar; null if the price is not known.
             */
            most_micro_usd?: number | null;
            /** @description The provider that is asked first, of those that cost. */
            provider: string;
        };
        /** @description What came of an attempt. */
        AttemptView: {
            /** @description The first 1,024 bytes of the answer's body. */
            answer?: string | null;
            /** Format: int64 */
            at: number;
            /**
             * Format: int32
             * @description Its number, from 1.
             */
            attempt: number;
            /**
             * @description Why it failed: `refused`, `redirected`, `gone`, `timed_out`, `host_unknown`, `connection_failed`,
             *     `connection_broken` or `address_forbidden`.
             */
            error?: string | null;
            /** @description The same for people. */
            message?: string | null;
            /**
             * Format: int64
             * @description How long it took, in milliseconds.
             */
            ms: number;
            /**
             * Format: int32
             * @description The status of the answer, if there was one.
             */
            status?: number | null;
        };
        /** @description The sound of a card. */
        AudioView: {
            /** @description A link that plays it, for a limited time. */
            href: string;
            /** @description The voice; empty for a recording. */
            made_by: string;
            /** @description The name of its file. */
            name: string;
            /** @description Whether it is the recording that was sent, and not a voice. */
            own: boolean;
        };
        BTreeMap: {
            [key: string]: {
                /** @description Whether it does. */
                ok: boolean;
                /** @description Why not; the server's log has the details. */
                why?: string | null;
            };
        };
        /** @description An action on several phrases. */
        Batch: {
            /** @description What is done. */
            action: components["schemas"]["PhraseAction"];
            /** @description To which phrases. */
            ids: string[];
        };
        /**
         * @description At most so much.
         * @example {
         *       "hard": 10737418240,
         *       "soft": 9663676416
         *     }
         */
        CapView: {
            /** Format: int64 */
            hard: number;
            /**
             * Format: int64
             * @description At most `hard`.
             */
            soft?: number | null;
        };
        /**
         * @description Where the captions are.
         * @enum {string}
         */
        CaptionsPlace: "burned" | "beside";
        /** @description The languages, and the limits of what is captured. */
        CaptureChoices: {
            /** @description Whether phrases on a theme can be asked for: whether there is a language model. */
            drafts: boolean;
            /**
             * Format: int64
             * @description Most bytes of a picture or a sound.
             */
            file_bytes: number;
            /** @description How the names of pictures and sounds end. */
            file_endings: string[];
            /** @description The languages that cards are made in. */
            languages: components["schemas"]["StudyLanguageView"][];
            /** @description Most phrases of a list. */
            list_lines: number;
            model?: components["schemas"]["AskedModel"] | null;
            /**
             * Format: int32
             * @description Most words of each of them.
             */
            most_draft_words: number;
            /**
             * Format: int32
             * @description Most phrases on a theme.
             */
            most_drafts: number;
            /** @description Most characters of a phrase. */
            phrase_characters: number;
            /**
             * Format: int64
             * @description The longest sound, in milliseconds.
             */
            sound_ms: number;
            voice?: components["schemas"]["AskedVoice"] | null;
        };
        /** @description Capture's part of a snapshot. */
        CaptureSnapshot: {
            /** @description How many phrases there are with each status. */
            counts: {
                [key: string]: number;
            };
            /** @description The newest phrases; at most 12. */
            latest: components["schemas"]["PhraseView"][];
        };
        /** @description What providers were paid for a card, by all the work on it. */
        CardCostView: {
            /** @description Whether that is all. Work is forgotten after the retention period, and what it cost is then in no amount. */
            is_whole: boolean;
            /**
             * Format: int64
             * @description As far as it is known, in millionths of a US dollar.
             */
            spent_micro_usd: number;
            /** @description The same for each step in which a provider took part, by who paid it. */
            steps: components["schemas"]["CardStepCostView"][];
            /**
             * Format: int64
             * @description How many calls have no known cost, also because their answer was lost: they are in no amount.
             */
            unpriced_calls: number;
        };
        /**
         * @description A step of a card in which a provider may take part.
         * @enum {string}
         */
        CardStep: "reading" | "hearing" | "fields" | "voice";
        /** @description What providers were paid for a step of a card. */
        CardStepCostView: {
            /** @description Whether the owner paid it, with a key of their own. */
            own_key: boolean;
            /**
             * Format: int64
             * @description As far as it is known, in millionths of a US dollar.
             */
            spent_micro_usd: number;
            /** @description The step. */
            step: components["schemas"]["CardStep"];
            /**
             * Format: int64
             * @description How many of its calls have no known cost.
             */
            unpriced_calls: number;
        };
        /** @description A named part of the video. */
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
        /** @description The end of a segment. */
        Close: {
            /**
             * Format: int32
             * @description How many chunks it has.
             */
            chunks: number;
        };
        /** @description The features of this server. */
        ConfigView: {
            /** @description The options of each app, by its name. */
            apps: {
                capture?: components["schemas"]["CaptureChoices"];
                reel?: components["schemas"]["ReelChoices"];
                scribe?: components["schemas"]["ScribeChoices"];
            };
            /** @description The types of events that webhooks choose from. */
            event_types: string[];
            /** @description Whether scans can be read. */
            ocr_available: boolean;
            /** @description One person on this machine, without sign-in. */
            single_user: boolean;
            /** Format: int64 */
            upload_limit_bytes: number;
            version: string;
        };
        /** @description An email address and its password. */
        Credentials: {
            email: string;
            password: string;
        };
        /** @description The choices of a video for which nothing is chosen. */
        DefaultsView: {
            /** @description `burned` or `beside`. */
            captions: components["schemas"]["CaptionsPlace"];
            /** @description `summary` or `explanation`. */
            mode: components["schemas"]["Mode"];
            /** @description `16:9`, `9:16` or `1:1`. */
            shape: string;
        };
        /** @description A delivery with what is sent and its attempts. */
        DeliveryDetail: {
            /** @description The last of them, the oldest first. */
            attempts: components["schemas"]["AttemptView"][];
            delivery: components["schemas"]["DeliveryView"];
            /** @description What is sent: `type`, `timestamp` and `data`. */
            payload: Record<string, never>;
        };
        /** @description A page of deliveries, newest first. */
        DeliveryPage: {
            items: components["schemas"]["DeliveryView"][];
            /** @description The cursor of the next page; none on the last page. */
            next_cursor?: string | null;
        };
        /** @description What is sent to a webhook about one event. */
        DeliveryView: {
            /**
             * Format: int32
             * @description Attempts so far.
             */
            attempts: number;
            /**
             * Format: int64
             * @description When the next attempt is due.
             */
            due_at?: number | null;
            /**
             * Format: int64
             * @description When it was delivered or given up.
             */
            ended_at?: number | null;
            /**
             * Format: int64
             * @description The number of the event in `/api/v1/events`; none for a test.
             */
            event?: number | null;
            /** Format: int64 */
            event_at: number;
            /** @description The type of the event, such as `job.succeeded`. */
            event_type: string;
            /**
             * Format: uuid
             * @description The header `webhook-id`, the same at each attempt.
             */
            id: string;
            /** @description Why the last attempt failed, as the `error` of an attempt. */
            last_error?: string | null;
            /**
             * Format: int32
             * @description The status of the answer to the last attempt, if there was one.
             */
            last_status?: number | null;
            /** @description `pending`, `delivered` or `failed`. */
            state: string;
        };
        /**
         * @description The direction of a text.
         * @enum {string}
         */
        Direction: "ltr" | "rtl";
        /** @description A summary of a reel's document. */
        DocumentBrief: {
            /** @description Its id. */
            id: string;
            /** @description The file's name. */
            name: string;
            /**
             * Format: int32
             * @description Number of pages.
             */
            pages: number;
            /**
             * Format: int32
             * @description Number of words.
             */
            words: number;
        };
        /** @description A page of documents. */
        DocumentPage: {
            items: components["schemas"]["DocumentSummary"][];
            /** @description The cursor of the next page; none on the last page. */
            next_cursor?: string | null;
        };
        /** @description A document of a list. */
        DocumentSummary: {
            /**
             * Format: int64
             * @description The file's length.
             */
            bytes: number;
            /** Format: int64 */
            created_at: number;
            id: string;
            /** @description Whether something is made of it: then it is not deleted before that is. */
            in_use: boolean;
            /** @description The name of the file. */
            name: string;
            /** @description Whether its pages were read by OCR. */
            ocr: boolean;
            /**
             * Format: int32
             * @description How much of it is read, of a hundred.
             */
            percent: number;
            refused?: components["schemas"]["ErrorView"] | null;
            /** @description `reading` while pages are recognised, `ready`, or `refused`. */
            state: string;
        };
        /** @description The properties of a document, and what can be made of it. */
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
            language?: components["schemas"]["LanguageView"] | null;
            /** @description False if the language is a guess. */
            language_reliable: boolean;
            /** @description What is in the file and is not told, once per page and reason, in the order of the pages. */
            left_out: components["schemas"]["LeftOutView"][];
            /** @description The file's name. */
            name: string;
            /** @description Whether its text was read by OCR. */
            ocr: boolean;
            /** Format: int32 */
            pages: number;
            /** @description The program that read it. */
            read_by: string;
            read_with?: components["schemas"]["ReadWithView"] | null;
            reading?: components["schemas"]["ReadingView"] | null;
            refused?: components["schemas"]["ErrorView"] | null;
            /** @description From the file's own metadata or its largest heading. */
            title?: string | null;
            /** Format: int32 */
            words: number;
        };
        /**
         * @description Whether a field can be relied on.
         * @enum {string}
         */
        DoubtState: "sure" | "doubtful" | "needs_provider";
        /** @description Drafts as clients see them. */
        DraftsView: {
            /**
             * Format: int32
             * @description How many were asked for. There are fewer of them if the model made fewer, or some that are not what was asked for.
             */
            count: number;
            error?: components["schemas"]["ErrorView"] | null;
            /** @description Their id. */
            id: string;
            /** @description ISO 639-1 code of their language. */
            language: string;
            /** @description `working`, `ready` or `failed`. */
            state: string;
            /** @description The phrases; empty until they are there. */
            texts: string[];
            /** @description What they are about. */
            theme: string;
        };
        /** @description A scene that shows the drawn presenter instead of a provider's. */
        DrawnScene: {
            /** @description Stable, for programs. */
            code: components["schemas"]["NotFilmedCode"];
            /** @description Why, in a sentence. */
            detail: string;
            /**
             * Format: int32
             * @description Its position, from 1.
             */
            scene: number;
        };
        /** @description How many sessions ended. */
        Ended: {
            /** Format: int64 */
            ended: number;
        };
        /** @description What is limited, and how; what is left out stays as it is. */
        EngineLimitRequest: {
            /**
             * Format: int32
             * @description Most jobs that run at the same time.
             */
            concurrency?: number | null;
            /** @description `*` stands for each one without a limit of its own. */
            name: string;
            rate?: components["schemas"]["RateRequest"] | null;
            /** @description `owner`, `kind`, `key` or `provider`. */
            scope: string;
            /**
             * Format: int32
             * @description Of an owner: twice the weight, twice the jobs.
             */
            weight?: number | null;
        };
        /** @description How many jobs run at once, and the weight of an owner's share. */
        EngineLimitView: {
            /**
             * Format: int64
             * @description Most jobs that run at the same time.
             */
            concurrency?: number | null;
            /** @description `*` stands for each one without a limit of its own. */
            name: string;
            /** @description `owner`, `kind`, `key` or `provider`. */
            scope: string;
            /**
             * Format: int64
             * @description Of an owner: twice the weight, twice the jobs.
             */
            weight: number;
        };
        /** @description Everything that is limited. */
        EngineLimitsView: {
            limits: components["schemas"]["EngineLimitView"][];
            rates: components["schemas"]["EngineRateView"][];
        };
        /** @description An amount per time. */
        EngineRateView: {
            /** Format: int64 */
            amount: number;
            /**
             * Format: int64
             * @description The most at once, after an idle time.
             */
            burst: number;
            /** @description `*` stands for each one without a rate of its own. */
            name: string;
            /** Format: int64 */
            period_ms: number;
            /** @description `owner`, `kind`, `key` or `provider`. */
            scope: string;
            /** @description `requests`, `tokens`, `seconds` or `characters`. */
            unit: string;
        };
        /** @description Why something failed. */
        ErrorView: {
            /** @description A stable code for clients. */
            code: string;
            /** @description What happened and what to do about it. */
            detail: string;
            /** @description A short title. */
            title: string;
        };
        /** @description An estimate of a video in this mode. */
        EstimateView: {
            /**
             * Format: int64
             * @description In millionths of a US dollar; none where nothing can cost, because no provider takes part.
             */
            cost_micro_usd?: number | null;
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
            /** @description Whether the document is too short for the usual length of this mode. */
            short: boolean;
            /**
             * Format: int32
             * @description Estimated time to make it, in seconds.
             */
            wall_seconds: number;
            /**
             * Format: int32
             * @description Number of spoken words.
             */
            words: number;
            /**
             * Format: int64
             * @description In millionths of a US dollar: the most that a script costs that a model writes, its repair included. None if its
             *     price is not known, or if there is no model.
             */
            written_micro_usd?: number | null;
        };
        /** @description An example document. */
        ExampleView: {
            name: string;
            url: string;
        };
        /**
         * @description Whether a deck was exported.
         * @enum {string}
         */
        ExportState: "pending" | "done" | "failed";
        /** @description A deck that is exported. */
        ExportView: {
            /** @description Also those that were exported before and have not changed since. */
            all: boolean;
            /**
             * Format: int32
             * @description How many cards it had.
             */
            cards?: number | null;
            /**
             * Format: int64
             * @description When it was asked for.
             */
            created_at: number;
            /** @description The deck's name. */
            deck: string;
            /** @description Why its file could not be written. */
            error?: string | null;
            /**
             * Format: int64
             * @description When its file was received.
             */
            finished_at?: number | null;
            /** @description `package`, `package_legacy`, `csv` or `archive`. */
            form: string;
            /** @description Where its file is. */
            href: string;
            /** @description Its id. */
            id: string;
            /** @description Whether its file was received. */
            state: components["schemas"]["ExportState"];
        };
        /** @description What speaks against a field. */
        FieldObjection: {
            /** @description Who says so: a source that has another text, or the model of a second check. */
            by: components["schemas"]["FieldSource"];
            /** @description What it has in its place; empty of a check. */
            text: string;
            /** @description Why, in its words; empty of a source that only has another text. */
            why: string;
        };
        /** @description What made a field. */
        FieldSource: {
            /** @description `rules`, `pack` (a dictionary), `engine`, `model` or `person`. */
            kind: string;
            /** @description Its name and version, or the provider and its model; empty of a person. */
            name: string;
            /**
             * @description Of a model: its version, as its answer says, or that of the provider's interface; null if neither has one, and of all
             *     others.
             */
            version?: string | null;
        };
        /** @description A field of a card. */
        FieldView: {
            /** @description What speaks against it: another source's text, or what a second check says. */
            against: components["schemas"]["FieldObjection"][];
            /** @description Other texts that it could be, the best first. */
            alternatives: string[];
            checked_by?: components["schemas"]["FieldSource"] | null;
            /**
             * @description Why it is doubtful or missing: `vowels_guessed`, `several_readings`, `several_analyses`, `several_senses`, `unknown_word`,
             *     `marks_do_not_match`, `foreign_letters`, `reversed_dictionary`, `machine_translation`, `pack_missing`, `pack_broken`,
             *     `no_translation_pair`, `no_local_source`, `disagreement`, `not_in_phrase`, `wrong_script`, `low_confidence`, `second_check`,
             *     `not_checked`, `model_failed`, `allowance_used` or `answer_lost`.
             */
            reason?: string | null;
            source?: components["schemas"]["FieldSource"] | null;
            /** @description Whether it can be relied on. */
            state: components["schemas"]["DoubtState"];
            /** @description Its text; empty if it needs a provider. */
            text: string;
        };
        /** @description What a presenter or a voice costs in a video of this mode. */
        FilmPriceView: {
            /**
             * Format: int64
             * @description In millionths of a US dollar, of a presenter for a slow voice; none if the price is not known.
             */
            micro_usd?: number | null;
            /** @description `summary` or `explanation`. */
            mode: components["schemas"]["Mode"];
        };
        /** @description A presenter of a provider, with what a video with them costs. */
        FilmedPresenterView: {
            /** @description Its id. */
            id: string;
            /** @description Their picture, which this server fetches from the provider for its first viewer; null if there is none. */
            image_url?: string | null;
            /** @description What the provider makes with them, in its own word: D-ID's `talk`, `clip` or `expressive`; null where there is one kind alone. */
            kind?: string | null;
            /** @description Its name at the provider. */
            name: string;
            /** @description The estimate of a video in each mode. */
            prices: components["schemas"]["FilmPriceView"][];
            /** @description The provider. */
            provider: string;
        };
        /** @description How a session is ended. */
        Finish: {
            /**
             * @description Ends it although chunks are missing: they are gaps for good. With `missing` or `open` only if no others are.
             * @default false
             */
            accept_gaps: boolean;
            /** @description Each segment of which chunks are missing: its number and the numbers of the chunks. */
            missing?: (number | number[])[][];
            /** @description The segments that have not ended, so that their recorders may have more. */
            open?: number[];
        };
        /**
         * @description How a deck is written.
         * @enum {string}
         */
        FormName: "package" | "package_legacy" | "csv" | "archive";
        /** @description The fronts of a deck. */
        FrontsView: {
            /** @description Each once, as plain text, in the order of the deck; at most 5,000. */
            texts: string[];
        };
        /** @description A stretch of which nothing is in the transcript. */
        Gap: {
            /**
             * Format: int64
             * @description End, exclusive.
             */
            end_ms: number;
            /** @description Its end is an estimate: chunks are missing at the end of a segment, and nobody knows how long they were. */
            estimated: boolean;
            /** @description Why. */
            reason: components["schemas"]["GapReason"];
            /**
             * Format: int64
             * @description Start.
             */
            start_ms: number;
        };
        /**
         * @description Why there is nothing.
         * @enum {string}
         */
        GapReason: "not_recorded" | "not_received" | "unreadable" | "not_written";
        /** @description What is missing of a session. */
        Gaps: {
            /** @description Whether every segment has ended and nothing is missing. */
            complete: boolean;
            /**
             * Format: int32
             * @description The highest number of a chunk that is stored, in any segment.
             */
            max_sequence?: number | null;
            /** @description Each segment of which chunks are missing: its number and the numbers of the chunks. */
            missing: (number | number[])[][];
            /** @description The segments that have not ended, so that their recorders may have more. */
            open: number[];
            /**
             * Format: int64
             * @description How many chunks there are, as far as is known.
             */
            total: number;
        };
        /**
         * @description Whether a session goes on.
         * @enum {string}
         */
        Going: "recording" | "paused";
        /** @description The health of the server. */
        HealthView: {
            /** @description `ok`. */
            status: string;
            version: string;
        };
        /** @description A hold. */
        HoldView: {
            /**
             * Format: int64
             * @description Since when, in milliseconds since 1970.
             */
            placed_at: number;
            /** @description Why. */
            reason: string;
        };
        /** @description Whose a request is, and what it may do. */
        IdentityView: {
            account?: components["schemas"]["AccountView"] | null;
            /** @description The owner of what it makes and sees. */
            owner: string;
            /** @description What proved it: `local`, `session`, `token` or `issuer`. */
            proof: string;
            /** @description `read`, `write`, `admin`, `metrics`. */
            scopes: string[];
        };
        /** @description Why there is an extract instead. */
        Instead: {
            /** @description Stable, for programs. */
            code: components["schemas"]["InsteadCode"];
            /** @description In a sentence. */
            detail: string;
        };
        /**
         * @description Why there is an extract instead. The names are permanent: clients translate them.
         * @enum {string}
         */
        InsteadCode: "failed" | "filtered" | "cut_off" | "not_the_schema" | "rules" | "sentences";
        /** @description A page of invitations, the latest first. */
        InvitationPage: {
            items: components["schemas"]["InvitationView"][];
            /** @description The cursor of the next page; none on the last page. */
            next_cursor?: string | null;
        };
        /** @description Whom to invite. */
        InvitationRequest: {
            /** @description The only address that may use it. */
            email?: string | null;
            /** @description `admin` or `member`, which is the default. */
            role?: string | null;
        };
        /** @description An invitation, without its secret. */
        InvitationView: {
            /** Format: int64 */
            created_at: number;
            /** @description The only address that may use it; none: any. */
            email?: string | null;
            /** Format: int64 */
            expires_at: number;
            /** Format: uuid */
            id: string;
            plan: string;
            /** @description `admin` or `member`. */
            role: string;
        };
        /** @description A page of jobs, newest first. */
        JobPage: {
            items: components["schemas"]["JobSummary"][];
            /** @description The cursor of the next page; none on the last page. */
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
            /** @description Its parent job. */
            parent_id?: string | null;
            /** @description The stage that runs, or runs next. */
            stage: string;
            /** Format: int64 */
            started_at?: number | null;
            /** @description `scheduled`, `ready`, `running`, `waiting`, `blocked`, `succeeded`, `dead`, `cancelled` or `expired`. */
            state: string;
            /** @description Its subject, such as a reel's id. */
            subject?: string | null;
        };
        /** @description A durable job. */
        JobView: {
            /**
             * Format: int32
             * @description Attempts at this stage so far.
             */
            attempt: number;
            /**
             * Format: int32
             * @description Most attempts of each stage.
             */
            attempts: number;
            /** Format: int64 */
            created_at: number;
            error?: components["schemas"]["ErrorView"] | null;
            /** Format: int64 */
            finished_at?: number | null;
            id: string;
            /** @description `document.read`, `reel.make` or `reel.scene`. */
            kind: string;
            log: components["schemas"]["LogEntry"][];
            /** @description Its parent job. */
            parent_id?: string | null;
            /** @description The stage that runs, or runs next. */
            stage: string;
            /** Format: int64 */
            started_at?: number | null;
            /** @description `scheduled`, `ready`, `running`, `waiting`, `succeeded`, `dead`, `cancelled` or `expired`. */
            state: string;
            steps: components["schemas"]["JobStep"][];
            /** @description The id of its subject, such as a reel. */
            subject: string;
        };
        /** @description Where a session is kept. */
        KeepingView: {
            /** @description Whether it is held: nothing of it is moved or deleted. */
            held: boolean;
            /** @description How it got there, the earliest move first. */
            moves: components["schemas"]["MoveView"][];
            /**
             * Format: int64
             * @description Since when, in milliseconds since 1970.
             */
            since: number;
            /** @description Its tier: `hot` with its chunks, `warm` as one archive, `cold` without its sound. */
            tier: components["schemas"]["Tier"];
        };
        /** @description Which drafts are kept. */
        Kept: {
            /** @description Their places in `texts`, from 0. */
            places: number[];
            /** @description ISO 639-1 code of what they are translated into; English by default. */
            translate_to?: string | null;
        };
        /** @description What an owner keeps. */
        KeptView: {
            /**
             * Format: int64
             * @description Each file once. One that two owners have counts for both.
             */
            bytes: number;
            /** Format: int64 */
            files: number;
            owner: string;
            /** @description What the owner is called, if it is an account. */
            owner_name?: string | null;
        };
        /** @description A language. */
        LanguageView: {
            /** @description ISO 639-1. */
            code: string;
            /** @description `ltr` or `rtl`. */
            dir: components["schemas"]["Direction"];
            /** @description The name of the language in the language itself. */
            name: string;
        };
        /** @description What deletes one's own account. */
        Leaving: {
            /** @description The password of the account; none for one without a password, of somebody who signs in at an issuer. */
            password?: string | null;
        };
        /** @description A text that was left out. */
        LeftOut: {
            /**
             * Format: int64
             * @description End, exclusive.
             */
            end_ms: number;
            /** @description `silence`, `repetition`, `phantom` or `too_fast`: nobody speaks there, it repeats itself, it is a phrase that models make up, or it has more words than anybody says in the time. */
            reason: string;
            /**
             * Format: int64
             * @description Start.
             */
            start_ms: number;
            /** @description What was written. */
            text: string;
        };
        /** @description Something that is in the file and is not told. */
        LeftOutView: {
            /**
             * Format: int32
             * @description The page, counted from 1.
             */
            page: number;
            /**
             * @description `hidden`, `unreadable`, `unexamined`, `scanned`, `running`, `line_numbers`, `watermark`, `earlier_build`,
             *     `references`, `furniture`, `table` or `drawing`.
             */
            reason: string;
            /** @description The beginning of its text, at most 80 characters; empty if it has none or must not be shown. */
            sample: string;
        };
        /** @description What is not limited any more. Without any of the three, nothing of it is. */
        LiftRequest: {
            /** @description The limit of how many run at the same time. */
            concurrency?: boolean;
            name: string;
            /** @description The rate of this unit. */
            rate?: string | null;
            /** @description `owner`, `kind`, `key` or `provider`. */
            scope: string;
            /** @description The weight. */
            weight?: boolean;
        };
        /**
         * @description A limit, and what is used of it. Bytes are bytes, and money is in millionths of a US dollar.
         * @example {
         *       "hard": 20,
         *       "holder": "user",
         *       "limit": "jobs",
         *       "resets_at": 1795305600000,
         *       "soft": 15,
         *       "state": "fine",
         *       "used": 3,
         *       "window_seconds": 3600
         *     }
         */
        LimitView: {
            /**
             * Format: int64
             * @description What exceeds it is refused, or waits if it costs money.
             */
            hard: number;
            /** @description Whose: `address`, `user`, `token`, or `plan` for all accounts of the plan together. */
            holder: string;
            /**
             * @description `requests`, `uploads`, `jobs`, `entries`, `regenerations`, `retries`, `approvals`, `generations`, `model_calls`,
             *     `jobs_at_once`, `bytes_kept`, `money_per_day`, `money_per_month` or `unpriced_calls`.
             */
            limit: string;
            /**
             * Format: int64
             * @description When there is more.
             */
            resets_at?: number | null;
            /**
             * Format: int64
             * @description From so much on there is an event `limit.near`.
             */
            soft?: number | null;
            /** @description `fine`, `near` (the soft limit is reached) or `reached`. */
            state: string;
            /**
             * Format: int64
             * @description What is used; of requests with those that processes have leased and not answered yet.
             */
            used: number;
            /**
             * Format: int32
             * @description The length of the window; none of what is not counted in one.
             */
            window_seconds?: number | null;
        };
        /**
         * @description What is to apply to an account.
         * @example {
         *       "overrides": {
         *         "jobs_at_once": {
         *           "hard": 5
         *         }
         *       },
         *       "plan": "standard"
         *     }
         */
        LimitsRequest: {
            /** @description All of them: those of before are replaced. */
            overrides: components["schemas"]["OverridesView"];
            /** @description One of the configured plans; the present one by default. */
            plan?: string | null;
        };
        /** @description One sentence of the finished video. */
        Line: {
            /** @description Whether a person wrote it. */
            edited?: boolean;
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
        /**
         * @description A line of a picture. Its place is in parts of the picture's width and height, from 0 to 1, upright as the camera was held, which
         *     is how a browser shows it.
         */
        LineView: {
            /**
             * Format: float
             * @description Its lower edge.
             */
            bottom: number;
            /**
             * Format: float
             * @description From 0 to 1; 0 if a provider read it, which does not say.
             */
            confidence: number;
            /**
             * Format: float
             * @description Its left edge.
             */
            left: number;
            /**
             * Format: float
             * @description Its right edge.
             */
            right: number;
            /** @description Its text. */
            text: string;
            /**
             * Format: float
             * @description Its upper edge.
             */
            top: number;
        };
        /** @description A stretch of speech that was heard while it went on. Times are milliseconds from the session's beginning. */
        LivePassage: {
            /**
             * @description Whether its words stay as they are; otherwise the next hearing takes its place. The last one of a segment may still grow:
             *     then it comes again with the same start.
             */
            certain: boolean;
            /**
             * Format: int64
             * @description End, exclusive.
             */
            end_ms: number;
            /**
             * Format: int32
             * @description The number of the segment in which it was said.
             */
            segment: number;
            /**
             * Format: int32
             * @description Always null: who speaks is told apart when the session has ended.
             */
            speaker?: number | null;
            /**
             * Format: int64
             * @description Start.
             */
            start_ms: number;
            /** @description What was said, with punctuation. */
            text: string;
            /** @description Its words. */
            words: components["schemas"]["SpokenWord"][];
        };
        /** @description What is heard of a session so far. */
        LiveTranscript: {
            /**
             * Format: int64
             * @description How much sound there is that was not heard yet, in milliseconds. What is skipped to keep up counts as heard.
             */
            behind_ms: number;
            /**
             * Format: int64
             * @description Up to where the session was heard, in milliseconds from its beginning.
             */
            heard_until_ms: number;
            /** @description ISO 639-1 code of what is spoken, or so far seems to be. */
            language?: string | null;
            /** @description What was said, in the order in which it was heard: the latest 1000 that are certain, and what is not certain yet. */
            passages: components["schemas"]["LivePassage"][];
        };
        /** @description A process that runs. */
        LiveView: {
            /** @description `live`. */
            status: string;
        };
        /** @description A line of a job's log. */
        LogEntry: {
            /** Format: int64 */
            at: number;
            line: string;
        };
        /** @description What produced a result. */
        MadeWith: {
            read_with?: components["schemas"]["ReadWithView"] | null;
            /** @description The program that read the document. */
            reading?: string | null;
            /**
             * @description How the script of the video was written; before there is one, that of the storyboard: `extract` or `written`, with
             *     `_edited` if a person changed it.
             */
            script?: string | null;
            /** @description The renderer. */
            video?: string | null;
            /** @description The voice engine. */
            voice?: string | null;
        };
        /** @description What is exported now. */
        Marked: {
            /**
             * Format: int64
             * @description Cards that did not change since they were pushed.
             */
            count: number;
        };
        /**
         * @description The kind of a reel.
         * @enum {string}
         */
        Mode: "summary" | "explanation";
        /** @description A file of a set. */
        ModelFileView: {
            /**
             * Format: int64
             * @description Its length; none for one that is built on the machine.
             */
            bytes?: number | null;
            licence: string;
            name: string;
            /** @description `installed`, `partial`, `damaged` or `missing`. */
            state: string;
        };
        /** @description The job that was begun, or that does the same already. */
        ModelJob: {
            /** Format: uuid */
            job_id: string;
        };
        /** @description A job that pulls, verifies or removes a set. */
        ModelJobView: {
            /** @description `pull`, `verify` or `remove`. */
            action: string;
            /** Format: int64 */
            created_at: number;
            error?: components["schemas"]["ErrorView"] | null;
            /** Format: int64 */
            finished_at?: number | null;
            /** Format: uuid */
            id: string;
            /** @description The machine whose folder the last job that came to its end has changed. */
            machine?: string | null;
            /**
             * Format: double
             * @description From 0 to 100.
             */
            percent: number;
            /** @description `scheduled`, `ready`, `running`, `waiting`, `blocked`, `succeeded`, `dead`, `cancelled` or `expired`. */
            state: string;
        };
        /** @description The files that serve one purpose. */
        ModelSetView: {
            /**
             * Format: int64
             * @description The length of its files together.
             */
            bytes: number;
            /** @description Whether a job can bring what is missing or damaged. Otherwise the machine has to be set up again, or a mirror named. */
            can_be_pulled: boolean;
            /** @description What needs it: `speak`, `transcribe`, `embed` or `translate`. */
            capability: string;
            files: components["schemas"]["ModelFileView"][];
            /** @description Whether it has files that no other set has: others are never removed with it. */
            has_own_files: boolean;
            job?: components["schemas"]["ModelJobView"] | null;
            /** @description Such as `voice-en`. */
            name: string;
            /** @description Whether `sluice models pull` fetches it only when it is named. */
            optional: boolean;
            /** @description What does not work without it. */
            purpose: string;
            /** @description `installed`, `partial`, `damaged` or `missing`. A file of the right length counts as intact until it is verified. */
            state: string;
            /** @description What happens instead. */
            without_it: string;
        };
        /** @description The models in the folder of the process that answers. */
        ModelsView: {
            folder: string;
            /** @description The name of its machine. */
            machine: string;
            /** @description Whether files are taken from a mirror instead of from their publishers. */
            mirror: boolean;
            /** @description Whether this process runs jobs. Otherwise workers elsewhere do, in their own folders, unless all machines share one. */
            runs_jobs: boolean;
            sets: components["schemas"]["ModelSetView"][];
        };
        /** @description Where something central is said. */
        Moment: {
            /** @description The numbers of the passages that it is from. */
            passages: number[];
            /**
             * Format: int64
             * @description Where its first passage begins.
             */
            start_ms: number;
            /** @description The beginning of what is said, or what a model calls it. */
            title: string;
        };
        /** @description A move from tier to tier. */
        MoveView: {
            /**
             * Format: int64
             * @description When, in milliseconds since 1970.
             */
            at: number;
            /**
             * Format: int64
             * @description Bytes after.
             */
            bytes_after: number;
            /**
             * Format: int64
             * @description Bytes before.
             */
            bytes_before: number;
            /** @description The rule, such as `hot for 7 days`, or `restored on demand`. */
            rule: string;
            /** @description The tier afterwards. */
            tier: components["schemas"]["Tier"];
            /** @description What is no longer there. */
            what: string;
        };
        /** @description A deck that is to be exported. */
        NewExport: {
            /**
             * @description Also the cards that were exported before and have not changed since.
             * @default false
             */
            all: boolean;
            /** @description Its name; `::` separates it from the deck that it is in. */
            deck?: string;
            /** @description How it is written. */
            form?: components["schemas"]["FormName"];
        };
        /** @description Why something is held. */
        NewHold: {
            /** @description Why, for those who come later. */
            reason: string;
        };
        /** @description A new invitation, with its link: it is shown this once. */
        NewInvitation: {
            invitation: components["schemas"]["InvitationView"];
            /** @description The path of the page where it is used, under this server's address. */
            link: string;
        };
        /**
         * @description How many days something is kept; a tier that is left out is kept for as long as its owner says for everything, else as the
         *     installation does.
         */
        NewPeriods: {
            /**
             * Format: int64
             * @description In the first tier.
             */
            hot?: number | null;
            /**
             * Format: int64
             * @description Then in the second.
             */
            warm?: number | null;
        };
        /** @description Text of which cards are to be made. */
        NewPhrases: {
            /**
             * @description Whether a phrase of which there is a card in the same languages becomes another one. By default it is the card that is there.
             * @default false
             */
            again: boolean;
            /**
             * @description Whether each line is a phrase.
             * @default false
             */
            each_line: boolean;
            /** @description ISO 639-1 code of their language; null, the default, to have it found out by the script. */
            language?: string | null;
            /** @description A phrase of at most 500 characters; with `each_line` up to 50 of them, one on each line. */
            text: string;
            /** @description ISO 639-1 code of what they are translated into; English by default. */
            translate_to?: string | null;
        };
        /** @description A request for a video of a document. */
        NewReel: {
            captions?: components["schemas"]["CaptionsPlace"] | null;
            /**
             * Format: uuid
             * @description From `POST /api/v1/documents`.
             */
            document_id: string;
            mode?: components["schemas"]["Mode"] | null;
            /**
             * @description A presenter's id: one that is drawn, or one of a provider, whose price is in the offer of the document; null or `none` for a
             *     video without a presenter. By default the drawn one who fits the voice.
             */
            presenter?: string | null;
            script?: components["schemas"]["ScriptChoice"] | null;
            shape?: components["schemas"]["ShapeName"] | null;
            /** @description A voice's id; by default the best one for the document's language that fits the presenter. */
            voice?: string | null;
        };
        /** @description A segment that begins. */
        NewSegmentOf: {
            /** @description The recorder's own name for it: the same key gives the same segment. */
            key: string;
            /** @description What its bytes are, such as `audio/webm;codecs=opus`. */
            media_type: string;
            /** @description What is recorded. */
            source: components["schemas"]["Source"];
            /**
             * Format: int64
             * @description When it began, by the recorder's clock, in milliseconds since 1970.
             */
            started_at?: number;
        };
        /** @description A recording that begins. */
        NewSession: {
            /** @description What those who are recorded were told. */
            consent?: string;
            /** @description ISO 639-1 code of what is spoken, or a tag that begins with it, such as `en-US`; null, the default, to have it found out. */
            language?: string | null;
            /** @description Its title; may be empty. */
            title?: string;
            /**
             * @description `false` only records; it can be transcribed later.
             * @default true
             */
            transcribe: boolean;
        };
        /** @description A new token, with its secret: it is shown this once. */
        NewToken: {
            /** @description For the header `Authorization: Bearer …`. */
            secret: string;
            token: components["schemas"]["TokenView"];
        };
        /**
         * @description Why a scene has the drawn presenter instead. The names are permanent: clients translate them.
         * @enum {string}
         */
        NotFilmedCode: "failed" | "unusable";
        /** @description A note that is to be pushed. */
        NoteToPush: components["schemas"]["PushedNote"] & {
            /** @description A link to its recording, for a limited time. */
            audio_href?: string | null;
            /**
             * Format: int64
             * @description When its card changed: what is given back when it has arrived.
             */
            changed_at: number;
        };
        /** @description A remark on the grammar of a phrase. */
        NoteView: {
            /** @description The words that it is about; empty for the phrase. */
            about: string;
            /** @description The remark. */
            text: components["schemas"]["FieldView"];
        };
        /** @description Notes that are to be in a package. */
        NotesToPackage: {
            /** @description Their ids. */
            ids: string[];
        };
        /** @description Notes that are to be pushed. */
        NotesToPush: {
            /** @description The deck's name, as in packages. */
            deck: string;
            /** @description What the next page is asked for with; null on the last one. */
            next_after?: string | null;
            /** @description The note type of all of them. */
            note_type: components["schemas"]["PushedNoteType"];
            /** @description The notes. */
            notes: components["schemas"]["NoteToPush"][];
        };
        /**
         * @description Limits in the place of the plan's: what is left out is as in the plan, and null lifts the limit.
         * @example {
         *       "jobs_at_once": {
         *         "hard": 5
         *       },
         *       "micro_usd_per_day": null
         *     }
         */
        OverridesView: {
            approvals?: components["schemas"]["WindowView"] | null;
            bytes_kept?: components["schemas"]["CapView"] | null;
            entries?: components["schemas"]["WindowView"] | null;
            generations?: components["schemas"]["WindowView"] | null;
            jobs?: components["schemas"]["WindowView"] | null;
            jobs_at_once?: components["schemas"]["CapView"] | null;
            micro_usd_per_day?: components["schemas"]["CapView"] | null;
            micro_usd_per_month?: components["schemas"]["CapView"] | null;
            model_calls?: components["schemas"]["WindowView"] | null;
            regenerations?: components["schemas"]["WindowView"] | null;
            requests?: components["schemas"]["WindowView"] | null;
            retries?: components["schemas"]["WindowView"] | null;
            unpriced_calls_per_day?: components["schemas"]["CapView"] | null;
            uploads?: components["schemas"]["WindowView"] | null;
        };
        /** @description What a person changes of their own account. */
        OwnChange: {
            /** @description What the person wants to be called. */
            name: string;
        };
        /**
         * @description A step in which a provider may take part.
         * @enum {string}
         */
        PaidStep: "script" | "voice" | "presenter";
        /**
         * @description The state of a step or a scene.
         * @enum {string}
         */
        PartState: "pending" | "working" | "done" | "failed" | "edited";
        /** @description Somebody who speaks. */
        Participant: {
            /** @description What a person called them. */
            name?: string | null;
            /**
             * Format: float
             * @description Their share of what is spoken, from 0 to 1.
             */
            share: number;
            /**
             * Format: int32
             * @description Their number.
             */
            speaker: number;
        };
        /** @description A stretch of speech. */
        Passage: {
            /** @description Whether a person changed it. */
            edited: boolean;
            /**
             * Format: int64
             * @description End, exclusive.
             */
            end_ms: number;
            /**
             * Format: int32
             * @description Its number: its place in the transcript as it was heard, from 0.
             */
            number: number;
            /**
             * Format: int32
             * @description The number of the segment in which it was said.
             */
            segment: number;
            /**
             * Format: int32
             * @description Who speaks, by their number.
             */
            speaker?: number | null;
            /**
             * Format: int64
             * @description Start.
             */
            start_ms: number;
            /** @description What was said, with punctuation. */
            text: string;
            /** @description Its words. */
            words: components["schemas"]["SpokenWord"][];
        };
        /** @description What is to be changed of a passage: its text, its speaker, or both. What is left out stays. */
        PassageEdit: {
            /**
             * Format: int32
             * @description The number of who said it.
             */
            speaker?: number | null;
            /** @description What was said; empty if nothing was. */
            text?: string | null;
        };
        /** @description A new password, which the present one allows. */
        PasswordChange: {
            new: string;
            present: string;
        };
        /** @description What is paused. */
        PauseRequest: {
            name: string;
            /** @description What those who wait are told. */
            reason?: string | null;
            /** @description `queue`, `kind`, `owner` or `provider`. */
            scope: string;
        };
        /** @description Something of which no more jobs are started. */
        PauseView: {
            name: string;
            /** @description As those who wait are shown it. */
            reason: string;
            /** @description `queue`, `kind`, `owner` or `provider`. */
            scope: string;
            /** Format: int64 */
            since: number;
        };
        /** @description A phrase after an action. */
        PhraseActed: {
            /** @description As it is now. */
            phrase: components["schemas"]["PhraseView"];
            /** @description What undoes the action, by `/api/v1/phrases/undo`; null if nothing can be undone. */
            undo?: string | null;
        };
        /**
         * @description What is decided.
         * @enum {string}
         */
        PhraseAction: "approve" | "exclude" | "include" | "send_back" | "retry" | "delete";
        /** @description What is to be changed of a card; what is left out stays. */
        PhraseChange: {
            /** @description Remarks on its grammar: all of them. */
            grammar?: string[] | null;
            /** @description The phrase itself. A voice says it anew. */
            text?: string | null;
            /** @description Its translation; empty for none. */
            translation?: string | null;
            /** @description In Latin letters; empty for none. */
            transliteration?: string | null;
            /** @description Its words: all of them. */
            vocabulary?: components["schemas"]["WordChange"][] | null;
        };
        /** @description A phrase that was there, and that no deck has as it is. */
        PhraseHeldBack: {
            /** @description Why: `excluded` or `failed`. */
            code: string;
            /** @description The same for people, with what to do. */
            detail: string;
            /** @description The phrase. */
            id: string;
        };
        /** @description A line of a list that becomes no phrase, without the list being refused for it. */
        PhraseLineLeftOut: {
            /** @description How it begins. */
            beginning: string;
            /** @description Why: `no_words`, as a number or a rule between the others. */
            code: string;
            /** @description The same for people. */
            detail: string;
            /** @description Which it is, from 1, as the text was sent. */
            line: number;
        };
        /** @description A page of phrases. */
        PhrasePage: {
            /** @description How many phrases there are in all with each status, whatever the filter. */
            counts: {
                [key: string]: number;
            };
            /** @description The phrases. */
            items: components["schemas"]["PhraseView"][];
            /** @description The cursor of the next page; null on the last page. */
            next_cursor?: string | null;
        };
        /** @description A provider, or this machine, that was to read or to hear a phrase and did not. */
        PhrasePassedOver: {
            /** @description The provider; `local` is this machine. */
            provider: string;
            /** @description Why it did not. */
            why: string;
        };
        /** @description A phrase that was left as it is. */
        PhraseSkipped: {
            /** @description Why: `not_found`, `wrong_status`, `working`, `changed`, or `same_phrase` if there is another card of it by now. */
            code: string;
            /** @description The same for people. */
            detail: string;
            /** @description The phrase. */
            id: string;
            /** @description The other card of the same phrase. */
            other?: string | null;
        };
        /**
         * @description What a phrase came as.
         * @enum {string}
         */
        PhraseSource: "text" | "image" | "audio";
        /**
         * @description The status of a phrase.
         * @enum {string}
         */
        PhraseStatus: "processing" | "pending_review" | "approved" | "exported" | "failed";
        /** @description A phrase with its card. */
        PhraseView: {
            /**
             * Format: int32
             * @description How often something was made of it.
             */
            attempts: number;
            audio?: components["schemas"]["AudioView"] | null;
            /**
             * Format: int64
             * @description When anything of its card changed.
             */
            changed_at: number;
            cost?: components["schemas"]["CardCostView"] | null;
            /**
             * Format: int64
             * @description When it was captured.
             */
            created_at: number;
            /** @description The paths of the fields that are doubtful or missing: `text`, `language`, `translation`, `vocabulary.2.meaning`. */
            doubts: string[];
            error?: components["schemas"]["ErrorView"] | null;
            /** @description Changes with every change: for `If-Match`, with its quotation marks. */
            etag: string;
            /** @description Whether it is left out of decks. */
            excluded: boolean;
            /**
             * Format: int64
             * @description When it was last exported.
             */
            exported_at?: number | null;
            /** @description Remarks on its grammar. */
            grammar: components["schemas"]["NoteView"][];
            /** @description Its id. */
            id: string;
            language?: components["schemas"]["StudyLanguageView"] | null;
            /**
             * Format: double
             * @description How sure that is, from 0 to 1; 1 if a person chose it.
             */
            language_confidence: number;
            marked?: components["schemas"]["FieldView"] | null;
            /** @description Who was to read or to hear it before whoever did, in their order, and why they did not; empty if the first one did. */
            passed_over: components["schemas"]["PhrasePassedOver"][];
            picture?: components["schemas"]["PictureView"] | null;
            /** @description A link to the sound that was sent, as it was sent. */
            recording?: string | null;
            /** @description What it came as. */
            source: components["schemas"]["PhraseSource"];
            /** @description Its status. */
            status: components["schemas"]["PhraseStatus"];
            /** @description The phrase; its text is empty until it is extracted. */
            text: components["schemas"]["FieldView"];
            /** @description ISO 639-1 code of what it is translated into. */
            translate_to: string;
            translation?: components["schemas"]["FieldView"] | null;
            transliteration?: components["schemas"]["FieldView"] | null;
            /**
             * Format: int64
             * @description When it last changed.
             */
            updated_at: number;
            /** @description Its words. */
            vocabulary: components["schemas"]["WordView"][];
            voice_lost?: components["schemas"]["PhraseVoiceLost"] | null;
            work?: components["schemas"]["WorkView"] | null;
        };
        /** @description A provider whose answer was lost when its voice was to say a phrase. */
        PhraseVoiceLost: {
            /** @description Whether it says that the answer is charged; if not, it may have been paid. */
            is_charged: boolean;
            /** @description The provider. */
            provider: string;
        };
        /**
         * @description What a phrase's job is to make.
         * @enum {string}
         */
        PhraseWork: "make" | "retry" | "language" | "field" | "voice";
        /** @description What became of an action. */
        PhrasesActed: {
            /** @description The phrases that changed, as they are now; without those that were deleted. */
            changed: components["schemas"]["PhraseView"][];
            /** @description How many changed, with those that were deleted. */
            count: number;
            /** @description How many an undo left that can come back later: another card of their phrase is in their place. */
            left: number;
            /** @description The phrases that did not. */
            skipped: components["schemas"]["PhraseSkipped"][];
            /** @description What undoes it, by `/api/v1/phrases/undo`; null if nothing can be undone. That of an undo is for what is left. */
            undo?: string | null;
        };
        /** @description Phrases whose cards are being made, or are there. */
        PhrasesAdded: {
            /** @description Those of `known` that no deck has as they are, and what to do. */
            held_back: components["schemas"]["PhraseHeldBack"][];
            /** @description In the order of their lines; each once. */
            items: components["schemas"]["PhraseView"][];
            /** @description The ids of those that were there before this request. */
            known: string[];
            /** @description The lines of the list that became no phrase, and why. */
            left_out: components["schemas"]["PhraseLineLeftOut"][];
        };
        /** @description The picture of a phrase. */
        PictureView: {
            /**
             * Format: int32
             * @description Pixels down.
             */
            height?: number | null;
            /** @description A link that shows it, for a limited time. */
            href: string;
            /** @description The lines that the phrase was made of. */
            lines: components["schemas"]["LineView"][];
            /** @description The name of its file. */
            name: string;
            /**
             * Format: int32
             * @description Clockwise quarter turns, 0 to 3, after which its text is upright.
             */
            quarter_turns: number;
            /**
             * Format: int32
             * @description Pixels across; null until it is read.
             */
            width?: number | null;
        };
        /**
         * @description A plan.
         * @example {
         *       "limits": {
         *         "user": {
         *           "jobs_at_once": {
         *             "hard": 2
         *           }
         *         }
         *       },
         *       "name": "standard"
         *     }
         */
        PlanView: {
            /** @description Its limits by whose they are (`address`, `user`, `token`, `together`), as in the configuration. */
            limits: Record<string, never>;
            /** @description Its name. */
            name: string;
        };
        /** @description The data of the event `reset`: the present state of what the page shows. */
        PresentState: {
            /** @description What each app shows, by its name. */
            apps: {
                capture?: components["schemas"]["CaptureSnapshot"];
                reel?: components["schemas"]["ReelSnapshot"];
                scribe?: components["schemas"]["ScribeSnapshot"];
            };
            /** @description Unfinished jobs, newest first: at most 50 of each state. */
            jobs: components["schemas"]["JobSummary"][];
        };
        /** @description A note about a presenter of a provider that was asked for. */
        PresenterNote: {
            /** @description The scenes that show the drawn presenter instead. */
            drawn: components["schemas"]["DrawnScene"][];
            /**
             * Format: int32
             * @description How many scenes show the provider's presenter.
             */
            filmed: number;
            made_by?: components["schemas"]["Stamp"] | null;
        };
        /** @description A presenter. */
        PresenterView: {
            /** @description Its id. */
            id: string;
            /** @description An image of it. */
            image_url: string;
            /** @description Its name. */
            name: string;
            /** @description How it looks: voices of the same register fit it. */
            register: components["schemas"]["Register"];
        };
        /** @description What happened and what to do, as `application/problem+json`. */
        Problem: Record<string, never> & {
            /** @description The stable code. */
            code: string;
            /** @description What happened in this case and what to do about it, for humans. */
            detail: string;
            /** @description The request id, as in the header `X-Request-Id` and in the server's log. */
            request_id?: string | null;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description A short title; the same for each occurrence of this problem. */
            title: string;
            /**
             * Format: uri
             * @description Identifies the kind of problem: `https://sluice.invalid/problems/<code>`; an identifier, not an address.
             */
            type: string;
        };
        /** @description The progress of a job and its child jobs, and their cost. */
        ProgressView: {
            /** @description Its child jobs, in the order in which they were created. */
            children: components["schemas"]["ProgressView"][];
            /** @description The cost of its own calls, as far as it is known. */
            costs: components["schemas"]["StepCost"][];
            /** @description The estimated time of its end: from and to, by the usual duration of its kind. */
            done_by?: number[] | null;
            id: string;
            kind: string;
            /**
             * Format: double
             * @description From 0 to 100: the mean of its steps and child jobs, as far as they are known.
             */
            percent: number;
            /**
             * Format: int64
             * @description The cost of it and its child jobs, as far as it is known. In millionths of a US dollar.
             */
            spent_micro_usd: number;
            stage: string;
            state: string;
            steps: components["schemas"]["JobStep"][];
            /**
             * Format: int64
             * @description How many calls of it and its child jobs ended without a known cost: they are in no sum.
             */
            unpriced_calls: number;
        };
        /** @description A provider of the configuration. */
        Provider: {
            health: components["schemas"]["ProviderHealth"];
            /** @description Where it sends its notifications, for administrators; null if it is polled. */
            hook_url?: string | null;
            /** @description Whether it is on this server's machine. */
            is_local: boolean;
            key?: components["schemas"]["ProviderKey"] | null;
            /** @description What it speaks: `openai`, `openrouter`, `elevenlabs`, `d-id`, `vision` or `runner`. */
            kind: string;
            /**
             * Format: int64
             * @description What was spent there this month.
             */
            micro_usd_this_month: number;
            /**
             * Format: int64
             * @description What was spent there today, in UTC: by who asks; by everybody, for administrators of the installation.
             */
            micro_usd_today: number;
            /** @description Its name. */
            name: string;
            /** @description Whether it is of no use without a key. */
            needs_key: boolean;
            /** @description Why its presenters could not be listed when they were last asked for, or not all of them; null if they could. Those that are known are offered. */
            presenters_trouble?: string | null;
            /** @description Where it stands among the routes. */
            routes: components["schemas"]["ProviderRoute"][];
            /**
             * Format: int64
             * @description Calls of today whose cost is not known: they are in no amount.
             */
            unpriced_today: number;
            /** @description Why its voices could not be listed when they were last asked for, or not all of them; null if they could. Those that are known are offered. */
            voices_trouble?: string | null;
        };
        /** @description Whether a provider is asked now. */
        ProviderHealth: {
            /** @description `closed` while all is well, `open` while it is not asked, `half_open` while one call tries it. */
            circuit: string;
            /**
             * Format: int32
             * @description Calls that failed since the last one that did not.
             */
            failures: number;
            /** @description Why the last one failed, for administrators. */
            reason?: string | null;
            /**
             * Format: int64
             * @description When an open circuit is tried.
             */
            until?: number | null;
        };
        /** @description A key, without what is secret in it. */
        ProviderKey: {
            /**
             * Format: int64
             * @description When the provider last accepted it.
             */
            checked_at?: number | null;
            /** @description Whether it can be decrypted. One that cannot has to be saved again. */
            is_readable: boolean;
            /** @description Its last characters behind dots; null of another's. */
            masked?: string | null;
            /**
             * Format: int64
             * @description When it was saved.
             */
            set_at: number;
            /** @description `own` or `installation`. */
            whose: string;
        };
        /** @description A key to save. */
        ProviderKeyRequest: {
            /** @description As the provider shows it. */
            key: string;
        };
        /** @description A route to a provider. */
        ProviderRoute: {
            /** @description The capability: `speak`, `complete`. */
            capability: string;
            /**
             * Format: int32
             * @description The greatest cost, in millionths of a US dollar.
             */
            cost_cap?: number | null;
            /** @description Only these languages; empty: any. */
            languages: string[];
            /**
             * Format: int64
             * @description The greatest length, in the capability's unit: milliseconds, characters, pages, texts.
             */
            longest?: number | null;
            /** @description The model that the route names. */
            model?: string | null;
            /** @description Its place among the routes of the capability, from 1. */
            place: number;
            /**
             * Format: int64
             * @description The least length.
             */
            shortest?: number | null;
        };
        /** @description What a provider said when its key was tried. */
        ProviderTest: {
            /** @description What the provider said of the account behind it, such as its credits; may be empty. */
            detail: string;
            /** @description Whose key it was: `own` or `installation`; null of a server that needs none. */
            whose?: string | null;
        };
        /** @description A note as AnkiConnect adds it. */
        PushedNote: {
            /** @description The name of the recording. */
            audio?: string | null;
            /** @description The values of the fields as HTML, by their names; without the spare ones, which are the learner's. */
            fields: {
                [key: string]: string;
            };
            /** @description The card's id, which is also the value of the field `Id`. */
            id: string;
        };
        /** @description The note type as AnkiConnect creates it. */
        PushedNoteType: {
            /** @description The back of the template. */
            back: string;
            /** @description The style of both. */
            css: string;
            /** @description The names of its fields, in their order. */
            fields: string[];
            /** @description The front of the template. */
            front: string;
            /** @description Its name. */
            name: string;
            /** @description The name of its only template. */
            template: string;
        };
        /** @description A pool of jobs. */
        QueueView: {
            name: string;
            paused: boolean;
            /**
             * Format: int64
             * @description Jobs that run or could run now.
             */
            useful_work: number;
        };
        /** @description The pools of jobs, and what is paused. */
        QueuesView: {
            pauses: components["schemas"]["PauseView"][];
            queues: components["schemas"]["QueueView"][];
        };
        /** @description A sentence of the transcript, or one that a model wrote. */
        Quote: {
            /** @description By when, as it is said; only of an action that a model wrote. */
            by_when?: string | null;
            /**
             * Format: int32
             * @description The number of its first passage.
             */
            passage: number;
            /** @description The numbers of all passages that it is from. */
            passages: number[];
            /**
             * Format: int32
             * @description Who says it, if one does.
             */
            speaker?: number | null;
            /**
             * Format: int64
             * @description Where its first passage begins.
             */
            start_ms: number;
            /** @description What was said, or written of it. */
            text: string;
            /** @description Who is to do it, as it is said; only of an action that a model wrote. */
            who?: string | null;
        };
        /** @description An amount per time. */
        RateRequest: {
            /** Format: int64 */
            amount: number;
            /**
             * Format: int64
             * @description The most at once, after an idle time. Without: the amount.
             */
            burst?: number | null;
            /** Format: int64 */
            period_ms: number;
            /** @description `requests`, `tokens`, `seconds` (of sound) or `characters`. */
            unit: string;
        };
        /** @description What read a document: its text layer, OCR, or both. */
        ReadWithView: {
            /** @description The OCR that read pages, with version; null if none did. */
            ocr?: string | null;
            /** @description The pages that OCR read. */
            ocr_pages: number[];
            /** @description What read the text layer, with version; null if OCR read every page. */
            text_layer?: string | null;
        };
        /** @description How far the job is that reads a document. */
        ReadingView: {
            job_id: string;
            /**
             * Format: int32
             * @description From 0 to 100.
             */
            percent: number;
        };
        /** @description What a server that can work says. */
        ReadyView: {
            /** @description `database`, `blobs`, `engine` and `disk`, each with whether it works. */
            checks: components["schemas"]["BTreeMap"];
            /** @description `ready`. */
            status: string;
        };
        /** @description A page of sessions, the newest first. */
        RecordingPage: {
            /** @description The sessions. */
            items: components["schemas"]["RecordingSummary"][];
            /** @description The cursor of the next page; none on the last page. */
            next_cursor?: string | null;
        };
        /**
         * @description How a session stands.
         * @enum {string}
         */
        RecordingState: "recording" | "paused" | "interrupted" | "finishing" | "complete" | "failed";
        /** @description A session in a list. */
        RecordingSummary: {
            /**
             * Format: int64
             * @description When its latest chunk arrived; before the first one, when it began. In milliseconds since 1970.
             */
            active_at: number;
            /** @description What those who were recorded were told. */
            consent: string;
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            created_at: number;
            /**
             * Format: int64
             * @description When it ended, in milliseconds since 1970.
             */
            ended_at?: number | null;
            error?: components["schemas"]["ErrorView"] | null;
            /** @description Whether it was ended although chunks were missing. */
            gaps_accepted: boolean;
            /** @description Whether there is a transcript. */
            has_transcript: boolean;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /**
             * Format: uuid
             * @description The job that transcribes it or makes its summary again; while there is neither, the one that transcribed it.
             */
            job_id?: string | null;
            /** @description ISO 639-1 code of what is spoken; none if it is to be found out. */
            language?: string | null;
            /** @description Its state. */
            state: components["schemas"]["RecordingState"];
            /** @description Its title; may be empty. */
            title: string;
            /** @description Whether it is to be transcribed, or only recorded. */
            transcribe: boolean;
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            updated_at: number;
        };
        /** @description A session with its segments. */
        RecordingView: components["schemas"]["RecordingSummary"] & {
            /**
             * Format: int64
             * @description Bytes that are stored of it.
             */
            bytes: number;
            /** @description In which tier it is kept. */
            kept: components["schemas"]["KeepingView"];
            /**
             * Format: int64
             * @description Milliseconds of sound that are stored of it, of all segments together.
             */
            length_ms: number;
            /** @description Its segments, in the order in which they were begun. */
            segments: components["schemas"]["SegmentView"][];
        };
        /** @description What is to be made again: one of these. */
        RedoRequest: {
            /** @description ISO 639-1 code of the language. */
            language: string;
            /** @enum {string} */
            what: "language";
        } | {
            /** @description `transliteration`, `translation`, `grammar` or `vocabulary`. */
            field: string;
            /** @enum {string} */
            what: "field";
        } | {
            /** @enum {string} */
            what: "voice";
        };
        /** @description Which dead jobs run again. */
        RedriveRequest: {
            /** @description Only those that ended with this code. */
            code?: string | null;
            /** @description From their first stage, instead of the one where they stopped. */
            from_start?: boolean;
            /** @description Only those of this kind, such as `reel.scene`. */
            kind?: string | null;
            /** @description Only those of this owner. */
            owner?: string | null;
        };
        /** @description How many jobs run again. */
        Redriven: {
            /** @description Whether there may be more that match: ask again. */
            more: boolean;
            redriven: number;
        };
        /** @description The available options. */
        ReelChoices: {
            /**
             * @description What a video has for which nothing is chosen. Its voice depends on the document's language, and its presenter on
             *     the voice: see the offer of a document.
             */
            defaults: components["schemas"]["DefaultsView"];
            /** @description Most characters of a heading. */
            heading_characters: number;
            /** @description The level of detail. */
            modes: string[];
            /** @description Most scenes of a video. */
            most_scenes: number;
            /** @description The presenters. */
            presenters: components["schemas"]["PresenterView"][];
            /** @description How many words the text of a scene has, by language (ISO 639-1). */
            scene_words: {
                [key: string]: components["schemas"]["SceneWords"];
            };
            /** @description Who can write the script: `extract`, and `written` where a language model is configured. */
            scripts: components["schemas"]["ScriptChoice"][];
            /** @description Aspect ratios. */
            shapes: string[];
        };
        /** @description What a reel costs. */
        ReelCostView: {
            /**
             * Format: int64
             * @description The most that was estimated before, in millionths of a US dollar; none if a price is not known.
             */
            estimated_micro_usd?: number | null;
            /**
             * Format: int64
             * @description The amount spent so far, as far as it is known.
             */
            spent_micro_usd: number;
            /** @description The same step by step: those in which a provider takes part. */
            steps: components["schemas"]["StepCostView"][];
            /**
             * Format: int64
             * @description How many calls have no known cost, also because their answer was lost: they are in no amount.
             */
            unpriced_calls: number;
        };
        /** @description What can be made of a document. */
        ReelOffer: {
            /** @description One per mode; a mode that the text is too short for is missing. */
            estimates: components["schemas"]["EstimateView"][];
            /** @description The presenters of providers that can be chosen beside the drawn ones; at most 200. */
            filmed_presenters: components["schemas"]["FilmedPresenterView"][];
            /** @description The voice that a presenter has if none is chosen, by the presenter's id. */
            voice_of_presenter: {
                [key: string]: string;
            };
            /** @description The voices that speak the document's language. */
            voices: components["schemas"]["VoiceView"][];
            /** @description The provider whose model can write the script; none if there is only the extract. */
            written_by?: string | null;
        };
        /** @description A page of reels, newest first. */
        ReelPage: {
            /** @description The reels. */
            items: components["schemas"]["ReelSummary"][];
            /** @description The cursor of the next page; none on the last page. */
            next_cursor?: string | null;
        };
        /** @description Reel's part of a snapshot: what its part of the page shows of an owner. */
        ReelSnapshot: {
            /** @description The newest in any state; at most 12. */
            latest: components["schemas"]["ReelSummary"][];
            /** @description Those that are being made, the newest first; at most 50. */
            unfinished: components["schemas"]["ReelSummary"][];
        };
        /**
         * @description The named stages of the job that makes a reel.
         * @enum {string}
         */
        ReelStage: "read" | "outline" | "script" | "scenes" | "assemble" | "publish";
        /**
         * @description The state of a reel.
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
            /** @description The file name of its document. */
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
            /** @description A still image, once there is one. */
            poster_url?: string | null;
            /**
             * Format: double
             * @description Its length in seconds, once it is playable.
             */
            seconds?: number | null;
            /** @description `16:9`, `9:16` or `1:1`. */
            shape: string;
            /** @description Its state. */
            state: components["schemas"]["ReelState"];
            /** @description The same in small (the longer edge has 480 pixels), once it is playable; before that, the first page of the document. */
            thumbnail_url?: string | null;
            /** @description Its title. */
            title: string;
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            updated_at: number;
            waiting?: components["schemas"]["WhyView"] | null;
        };
        /** @description A reel. */
        ReelView: {
            /** @description `burned` or `beside`. */
            captions: components["schemas"]["CaptionsPlace"];
            cost?: components["schemas"]["ReelCostView"] | null;
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            created_at: number;
            /** @description The document that it is made from. */
            document: components["schemas"]["DocumentBrief"];
            /** @description Whether a person changed the storyboard: a text, a heading, the order, scenes added or deleted. */
            edited: boolean;
            error?: components["schemas"]["ErrorView"] | null;
            /**
             * Format: int64
             * @description Estimated remaining time, in milliseconds.
             */
            eta_ms?: number | null;
            /** @description Its id. */
            id: string;
            /** @description The job that makes it. */
            job_id: string;
            /** @description The language of its script. */
            language: components["schemas"]["LanguageView"];
            /** @description What produced it. */
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
            presenter_note?: components["schemas"]["PresenterNote"] | null;
            result?: components["schemas"]["ResultView"] | null;
            /** @description The storyboard. */
            scenes: components["schemas"]["SceneView"][];
            /** @description How its script was asked for: `extract` or `written`. */
            script: components["schemas"]["ScriptChoice"];
            script_note?: components["schemas"]["ScriptNote"] | null;
            /**
             * @description `extract` if the script consists of sentences of the document, `written` if a model wrote it; `extract_edited` or
             *     `written_edited` if a person changed it since.
             */
            script_source?: string | null;
            /** @description `16:9`, `9:16` or `1:1`. */
            shape: string;
            /** @description Its state. */
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
            waiting?: components["schemas"]["WhyView"] | null;
        };
        /**
         * @description Why a sentence is refused. The names are permanent: clients translate them.
         * @enum {string}
         */
        RefusalReason: "no_page" | "number" | "name" | "quotation" | "unsupported" | "language" | "not_plain" | "too_long" | "no_question";
        /** @description A sentence that was refused. */
        RefusedSentence: {
            /** @description The reason in a sentence. */
            detail: string;
            /** @description The number, the name or the quotation that does not stand there. */
            found: string;
            /**
             * Format: int32
             * @description The page that it named.
             */
            page?: number | null;
            /** @description Why. */
            reason: components["schemas"]["RefusalReason"];
            /** @description As the model wrote it. */
            text: string;
        };
        /**
         * @description How a voice sounds, or a presenter looks as if they would.
         * @enum {string}
         */
        Register: "female" | "male" | "neutral";
        /** @description Which deliveries are sent again. */
        ReplayRequest: {
            /**
             * Format: int64
             * @description Of events from this moment on.
             */
            since: number;
            /**
             * @description Only those that ended so: `failed`, or `delivered` if the receiver has lost them.
             * @default failed
             */
            state: string;
            /**
             * Format: int64
             * @description Before this moment; without it, until now.
             */
            until?: number | null;
        };
        /** @description How many deliveries are sent again. */
        ReplayView: {
            /**
             * Format: int64
             * @description At most 10,000 at a time.
             */
            replayed: number;
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
            /** @description Chapters, one per line. */
            chapters_url: string;
            /** @description Whether it matches the current storyboard. */
            current: boolean;
            /** @description The file name of the MP4 for downloads. */
            download_name: string;
            /** @description MP4, for download. */
            download_url: string;
            /** @description Whether a person changed the storyboard that it was made from. */
            edited: boolean;
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
            /** @description JPEG, the same in small (the longer edge has 480 pixels); none for a video that was made before there were thumbnails. */
            thumbnail_url?: string | null;
            /** @description The transcript, with page numbers. */
            transcript_url: string;
            /** @description MP4, for playback. */
            video_url: string;
            /** @description Captions for browsers. */
            vtt_url: string;
            /**
             * @description JSON, the outline of its sound: `peaks`, up to 400 numbers from 0 to 100 for equal spans of time. None for a video that
             *     was made before there were outlines.
             */
            waveform_url?: string | null;
            /**
             * Format: int32
             * @description In pixels.
             */
            width: number;
        };
        /** @description What goes on again. */
        ResumeRequest: {
            name: string;
            /** @description `queue`, `kind`, `owner` or `provider`. */
            scope: string;
        };
        /** @description How long the old secret signs, too. */
        RotationRequest: {
            /**
             * Format: int32
             * @description Hours; 0 if the old secret is known to others.
             * @default 24
             */
            overlap_hours: number;
        };
        /** @description A scene that a person adds. */
        SceneAdded: {
            /**
             * Format: int32
             * @description The number of the scene that it follows; 0 for the beginning.
             */
            after: number;
            /** @description Its heading, which is shown on a card; by default that of the scene before it. */
            heading?: string | null;
            /** @description Its text, which cites no page. */
            text: string;
        };
        /**
         * @description The slide of a scene.
         * @enum {string}
         */
        SceneKind: "title" | "page" | "question";
        /** @description Changes to a scene. */
        ScenePatch: {
            /** @description A new heading. */
            heading?: string | null;
            /**
             * Format: int32
             * @description A new position, from 1.
             */
            position?: number | null;
            /** @description A new text. Sentences that are not the document's cite no page. */
            text?: string | null;
        };
        /**
         * @description The named stages of [`RenderScene`].
         * @enum {string}
         */
        SceneStage: "voice" | "presenter" | "captions" | "frames" | "clip";
        /** @description A scene of the storyboard. */
        SceneView: {
            /** @description Its video without audio. */
            clip_url?: string | null;
            /** @description Whether a person wrote its text or its heading. */
            edited: boolean;
            error?: components["schemas"]["ErrorView"] | null;
            /** @description Its entity tag: in `If-Match`, it makes a change conditional on the text and the heading being these. */
            etag: string;
            /** @description Its heading. */
            heading: string;
            /** @description Its id; it stays the same when the scenes are reordered. */
            id: string;
            /** @description A still image. */
            image_url?: string | null;
            /** @description Its slide. */
            kind: components["schemas"]["SceneKind"];
            /**
             * Format: int32
             * @description Its position, from 1.
             */
            n: number;
            /** @description Until it is rendered, the picture of its page; drawn by the first request. None for a scene without a page. */
            page_image_url?: string | null;
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
            /** @description Its text, sentence by sentence, each with the page that it comes from; none for a person's own, for a question, and for a title that no page has. */
            sentences: components["schemas"]["Sentence"][];
            /**
             * Format: int32
             * @description Its start in milliseconds of the video.
             */
            start_ms?: number | null;
            /** @description Its state. */
            state: components["schemas"]["PartState"];
            step?: components["schemas"]["SceneStage"] | null;
            /** @description Its text. */
            text: string;
            /** @description Its audio. */
            voice_url?: string | null;
            waiting?: components["schemas"]["WhyView"] | null;
        };
        /** @description How many words the text of a scene has. */
        SceneWords: {
            /**
             * Format: int32
             * @description Fewest.
             */
            least: number;
            /**
             * Format: int32
             * @description Most.
             */
            most: number;
        };
        /** @description The limits of the protocol. */
        ScribeChoices: {
            /**
             * Format: int64
             * @description Most bytes of a chunk.
             */
            chunk_bytes: number;
            /**
             * Format: int64
             * @description Most bytes of a file that becomes a session.
             */
            file_bytes: number;
            /** @description The languages that a person may choose, by their codes: those that something that hears is routed for. */
            languages: string[];
            /** @description Whether words are heard while a session is recorded. */
            live: boolean;
            /**
             * Format: int32
             * @description Most chunks of a segment.
             */
            most_chunks: number;
            /**
             * Format: int32
             * @description Most chunks of a session that are sent at the same time.
             */
            most_waiting: number;
        };
        /** @description Scribe's part of a snapshot. */
        ScribeSnapshot: {
            /** @description The newest sessions; at most 12. */
            latest: components["schemas"]["RecordingSummary"][];
        };
        /**
         * @description How the script is written.
         * @enum {string}
         */
        ScriptChoice: "extract" | "written";
        /** @description A note about a script that a model was asked for. */
        ScriptNote: {
            /**
             * Format: int32
             * @description How many answers there were: two if the first one had to be repaired.
             */
            answers: number;
            /**
             * Format: int64
             * @description In millionths of a US dollar, before: the most that the answers cost; none if the price is not known.
             */
            estimated_micro_usd?: number | null;
            instead?: components["schemas"]["Instead"] | null;
            made_by?: components["schemas"]["Stamp"] | null;
            /**
             * Format: int64
             * @description In millionths of a US dollar, after: what this video's answers cost; none if that is not known, or if they were there
             *     already.
             */
            price_micro_usd?: number | null;
            /** @description The sentences that were refused in the last answer; of a script that was repaired, those of the first. */
            refused: components["schemas"]["RefusedSentence"][];
        };
        /** @description A segment. */
        SegmentView: {
            /**
             * Format: int32
             * @description The number after the highest that is stored.
             */
            beyond: number;
            /**
             * Format: int32
             * @description How many chunks it has; none until its recorder has said so.
             */
            chunks?: number | null;
            /**
             * Format: int32
             * @description How often its recorder's clock jumped: what came after a jump is where the sound before it ends.
             */
            clock_jumps: number;
            /** @description The recorder's own name for it. */
            key: string;
            /**
             * Format: int64
             * @description Where the last stored chunk ends, in milliseconds of the segment.
             */
            length_ms: number;
            /** @description What its bytes are. */
            media_type: string;
            /**
             * Format: int32
             * @description Its number, from 0.
             */
            number: number;
            /** @description `microphone`, `tab`, `mixed` or `file`. */
            source: string;
            /**
             * Format: int64
             * @description When it began, by the recorder's clock, in milliseconds since 1970.
             */
            started_at: number;
            /**
             * Format: int32
             * @description How many of them are stored.
             */
            stored: number;
            /**
             * Format: int64
             * @description Where it ends: behind its last stored chunk are those that are missing at its end, each as long as the others usually are, and the
             *     last one up to where another segment begins.
             */
            until_ms: number;
        };
        /** @description One sentence of the narration. */
        Sentence: {
            /**
             * Format: int32
             * @description The page that it comes from, counted from 1; none for the closing question, and for what a person wrote.
             */
            page?: number | null;
            /** @description As it is printed: the voice makes words of its numbers and signs. A clause of a list has no full stop. */
            text: string;
        };
        /** @description What is to be changed of a session; what is left out stays. */
        SessionChange: {
            /** @description ISO 639-1 code of what is spoken, or a tag that begins with it; null to have it found out. */
            language?: string | null;
            state?: components["schemas"]["Going"] | null;
            /** @description Its title. */
            title?: string | null;
            /** @description Whether it is to be transcribed. */
            transcribe?: boolean | null;
        };
        /** @description A page of signed-in browsers, the latest first. */
        SessionPage: {
            items: components["schemas"]["SessionView"][];
            /** @description The cursor of the next page; none on the last page. */
            next_cursor?: string | null;
        };
        /** @description A signed-in browser. */
        SessionView: {
            /** @description Where it signed in from. */
            address: string;
            /** Format: int64 */
            created_at: number;
            /** @description Whether it is the one that asks. */
            current: boolean;
            /**
             * Format: int64
             * @description When it ends unless it is used.
             */
            expires_at: number;
            /** Format: uuid */
            id: string;
            /**
             * Format: int64
             * @description When it was last used, within a minute.
             */
            seen_at: number;
            /** @description What the browser calls itself. */
            user_agent: string;
        };
        /**
         * @description The aspect ratio of a video, width before height.
         * @enum {string}
         */
        ShapeName: "16:9" | "9:16" | "1:1";
        /** @description Both sides of a card, as Anki shows them. */
        SidesView: {
            /** @description The back, which begins with the front. */
            back: string;
            /** @description The style of both, for an element with the class `card`. */
            css: string;
            /** @description The front, as HTML without script. */
            front: string;
        };
        /** @description A new account. */
        SignUpRequest: {
            email: string;
            /** @description The secret of an invitation, if one is needed. */
            invitation?: string | null;
            /** @description What the person wants to be called. */
            name: string;
            password: string;
        };
        /**
         * @description What is recorded.
         * @enum {string}
         */
        Source: "microphone" | "tab" | "mixed" | "file";
        /** @description Somebody who speaks. */
        Speaker: {
            /** @description What a person called the voice, in this session or in another one. */
            name?: string | null;
            /**
             * Format: int32
             * @description From 0.
             */
            number: number;
            /**
             * Format: uuid
             * @description The voice: the same in every session in which it was recognised.
             */
            voice_id?: string | null;
        };
        /** @description What a voice is called. */
        SpeakerName: {
            /** @description Empty to take its name away. */
            name: string;
        };
        /** @description A word. */
        SpokenWord: {
            /**
             * Format: float
             * @description How sure that is, from 0 to 1.
             */
            confidence: number;
            /**
             * Format: int64
             * @description End, exclusive.
             */
            end_ms: number;
            /**
             * Format: int64
             * @description Start.
             */
            start_ms: number;
            /** @description The word, with the punctuation that follows it. */
            text: string;
        };
        /** @description The origin of a text. */
        Stamp: {
            /** @description The model. */
            model: string;
            /** @description The provider. */
            provider: string;
            /** @description Its version: what the answer says, or else that of the provider's interface; empty if neither has one. */
            version: string;
        };
        /** @description The cost of a step's calls. */
        StepCost: {
            /**
             * Format: int64
             * @description In millionths of a US dollar.
             */
            micro_usd: number;
            /** @description The name of the step. */
            step: string;
        };
        /** @description What a step of a reel costs. */
        StepCostView: {
            /**
             * Format: int64
             * @description The most that was estimated before, in millionths of a US dollar; none if its price is not known.
             */
            estimated_micro_usd?: number | null;
            /**
             * Format: int64
             * @description The amount spent so far, as far as it is known.
             */
            spent_micro_usd: number;
            /** @description The step. */
            step: components["schemas"]["PaidStep"];
            /**
             * Format: int64
             * @description How many of its calls have no known cost.
             */
            unpriced_calls: number;
        };
        /**
         * @description The state of a step.
         * @enum {string}
         */
        StepState: "pending" | "running" | "done" | "failed";
        /** @description A named step of making a reel. */
        StepView: {
            /** @description Its name. */
            name: components["schemas"]["ReelStage"];
            /**
             * Format: double
             * @description From 0 to 100.
             */
            percent: number;
            /** @description Its state. */
            state: components["schemas"]["StepState"];
        };
        /** @description The disk of the media. */
        StorageDisk: {
            /** @description Whether that is 80 or more. */
            alert: boolean;
            /**
             * Format: int64
             * @description Its size in bytes.
             */
            bytes: number;
            /**
             * Format: int64
             * @description What is free of it.
             */
            free_bytes: number;
            /**
             * Format: int64
             * @description The share that is used, in percent.
             */
            used_percent: number;
        };
        /** @description What comes, if as much arrives as in the last 30 days and nothing is moved. */
        StorageForecast: {
            /**
             * Format: int64
             * @description Bytes in 30 days.
             */
            bytes_in_30_days: number;
            /**
             * Format: int64
             * @description Bytes that arrived per day, on average.
             */
            bytes_per_day: number;
            /**
             * Format: int64
             * @description Days until the disk is full to 80 %; none if nothing arrives, if it is so far away that it means nothing (ten years), or if
             *     the media are in a bucket.
             */
            days_to_alert?: number | null;
        };
        /** @description A hold on everything that an owner has. */
        StorageHold: {
            /**
             * Format: int64
             * @description Since when, in milliseconds since 1970.
             */
            placed_at: number;
            /** @description Why. */
            reason: string;
        };
        /** @description How long something stays in a tier. */
        StoragePeriod: {
            /**
             * Format: int32
             * @description The days that hold; none if for ever.
             */
            days?: number | null;
            /**
             * Format: int32
             * @description The most.
             */
            longest: number;
            /** @description Who set them. */
            set_by: components["schemas"]["StoragePeriodSetBy"];
            /**
             * Format: int32
             * @description The fewest days that may be set.
             */
            shortest: number;
        };
        /**
         * @description Who set how long something is kept.
         * @enum {string}
         */
        StoragePeriodSetBy: "installation" | "owner" | "subject";
        /** @description How long something is kept. */
        StoragePeriods: {
            /** @description The app. */
            app: string;
            /**
             * Format: int64
             * @description How many things have days of their own; of one thing none.
             */
            exceptions: number;
            /** @description In the first tier. */
            hot: components["schemas"]["StoragePeriod"];
            /** @description Of which thing; none if of all that somebody has of the app. */
            subject?: string | null;
            /** @description Then in the second. */
            warm: components["schemas"]["StoragePeriod"];
        };
        /** @description What is kept. */
        StorageReport: {
            /**
             * Format: int64
             * @description Bytes of all tiers together.
             */
            bytes: number;
            /**
             * Format: int64
             * @description How many things of apps that is.
             */
            count: number;
            disk?: components["schemas"]["StorageDisk"] | null;
            /** @description What comes. */
            forecast: components["schemas"]["StorageForecast"];
            /** @description Whether a hold keeps everything where it is. */
            held: boolean;
            /**
             * Format: int64
             * @description When the oldest of them began, in milliseconds since 1970.
             */
            oldest?: number | null;
            /** @description How long it is kept, by app. */
            periods: components["schemas"]["StoragePeriods"][];
            /** @description By app and tier. */
            tiers: components["schemas"]["StorageTier"][];
        };
        /** @description What an app keeps in a tier. */
        StorageTier: {
            /** @description The app. */
            app: string;
            /**
             * Format: int64
             * @description Their bytes.
             */
            bytes: number;
            /**
             * Format: int64
             * @description How many things of the app.
             */
            count: number;
            /**
             * Format: int64
             * @description When the oldest of them began, in milliseconds since 1970.
             */
            oldest?: number | null;
            /** @description The tier. */
            tier: components["schemas"]["Tier"];
        };
        /** @description A language that cards are made in. */
        StudyLanguageView: {
            /** @description ISO 639-1. */
            code: string;
            /** @description What the form of a word is; null where words have one form. */
            declension?: string | null;
            /** @description `ltr` or `rtl`. */
            dir: string;
            /** @description Its English name. */
            english_name: string;
            /** @description What a word's gender is; null where there is none. */
            gender?: string | null;
            /** @description The name of the language in the language itself. */
            name: string;
            /** @description What a note on a word is about. */
            notes: string;
            /** @description What a word's root is; null where there is none. */
            root?: string | null;
            /** @description ISO 15924 code of its script. */
            script: string;
            /** @description The scheme by which it is written in Latin letters; null if it is. */
            transliteration?: string | null;
        };
        /** @description What stands for a whole session. */
        Summary: {
            /** @description What somebody is to do; of an extract, sentences that say so. */
            actions: components["schemas"]["Quote"][];
            /** @description What was decided; of an extract, sentences that say so. */
            decisions: components["schemas"]["Quote"][];
            instead?: components["schemas"]["SummaryInstead"] | null;
            /** @description Words and phrases that it is about, the most important first. */
            key_terms: string[];
            /** @description Whether a model wrote it, or it quotes. */
            kind: components["schemas"]["SummaryKind"];
            /** @description ISO 639-1 code of what is spoken. */
            language: string;
            /** @description The models that wrote it, with their providers; of an extract, what the sentences were compared by. */
            made_by: string;
            /** @description Where something central is said, in order. */
            moments: components["schemas"]["Moment"][];
            /** @description Sentences on the whole; of an extract, those that say most of it, in their order. */
            overview: components["schemas"]["Quote"][];
            /** @description Who speaks, and how much. */
            participants: components["schemas"]["Participant"][];
            /**
             * Format: int64
             * @description The revision of the transcript that it was made of. After an edit the transcript has another one.
             */
            revision: number;
        };
        /**
         * @description Why a summary is an extract. The names are permanent: clients translate them.
         * @enum {string}
         */
        SummaryInstead: "no_model" | "language" | "too_long" | "allowance_used" | "over_budget" | "model_failed" | "nothing_stands";
        /**
         * @description What a summary is.
         * @enum {string}
         */
        SummaryKind: "extract" | "written";
        /** @description What an app made of a file. */
        TakenView: {
            /** @description The app's name. */
            app: string;
            /** @description The id of what it made. */
            id: string;
        };
        /**
         * @description A tier.
         * @enum {string}
         */
        Tier: "hot" | "warm" | "cold";
        /** @description A page of tokens, the latest first. */
        TokenPage: {
            items: components["schemas"]["TokenView"][];
            /** @description The cursor of the next page; none on the last page. */
            next_cursor?: string | null;
        };
        /** @description What a token is for and may do. */
        TokenRequest: {
            /**
             * Format: int32
             * @description Days until it expires; without it, never.
             */
            expires_in_days?: number | null;
            /** @description What it is for. */
            name: string;
            /** @description One or more of `read`, `write`, `admin` and `metrics`. */
            scopes: ("read" | "write" | "admin" | "metrics")[];
        };
        /** @description An API token, without its secret. */
        TokenView: {
            /** Format: int64 */
            created_at: number;
            /**
             * Format: int64
             * @description None: until it is revoked.
             */
            expires_at?: number | null;
            /** Format: uuid */
            id: string;
            /** @description What it is for, in its owner's words. */
            name: string;
            scopes: string[];
            /** @description Its first characters, to recognise it by. */
            shown: string;
            /**
             * Format: int64
             * @description When it was last used, within a minute.
             */
            used_at?: number | null;
        };
        /**
         * @description Whether speakers were told apart.
         * @enum {string}
         */
        ToldApart: "yes" | "not_installed" | "failed" | "not_tried";
        /** @description The transcript of a session. Times are milliseconds from its beginning. */
        Transcription: {
            /**
             * Format: int32
             * @description Edits that were dropped when it was heard again, since what they changed was heard otherwise.
             */
            edits_dropped: number;
            /** @description What is not in it: where nothing was recorded, or what was recorded never arrived, cannot be read, or was not written down. */
            gaps: components["schemas"]["Gap"][];
            /** @description ISO 639-1 code of what is spoken most. */
            language: string;
            /**
             * Format: int64
             * @description The end of the last sound.
             */
            length_ms: number;
            /** @description What wrote it down: provider, model and version of each that did. */
            made_by: string[];
            /** @description What was said, in the order in which it begins. */
            passages: components["schemas"]["Passage"][];
            /**
             * Format: int64
             * @description 0 as it was heard; greater with every edit, and when it is heard again with another outcome. Names of speakers are not
             *     part of it.
             */
            revision: number;
            /** @description Who speaks, in the order in which they first do; empty if they were not told apart. */
            speakers: components["schemas"]["Speaker"][];
            /** @description What was written and then left out, since probably nobody said it. */
            suppressed: components["schemas"]["LeftOut"][];
            /** @description Whether speakers were told apart, or why not. */
            told_apart: components["schemas"]["ToldApart"];
        };
        /** @description What is undone. */
        Undo: {
            /** @description `undo` of the action's answer. */
            undo: string;
        };
        /** @description A resumable upload. */
        UploadView: {
            /**
             * Format: int64
             * @description When it was begun.
             */
            created_at: number;
            /** @description The document that it became. */
            document_id?: string | null;
            /**
             * Format: int64
             * @description When it is forgotten, if nothing more comes of it.
             */
            expires_at: number;
            id: string;
            /**
             * Format: int64
             * @description The file's length in bytes.
             */
            length: number;
            /** @description The file's name. */
            name: string;
            /**
             * Format: int64
             * @description How many of its bytes are stored. All of them are once it has become something.
             */
            offset: number;
            taken?: components["schemas"]["TakenView"] | null;
        };
        /**
         * @description What is used.
         * @example {
         *       "at": 1795302000000,
         *       "bytes_announced": 0,
         *       "bytes_kept": 73400320,
         *       "jobs_at_once": 1,
         *       "limits": [
         *         {
         *           "hard": 2,
         *           "holder": "user",
         *           "limit": "jobs_at_once",
         *           "resets_at": null,
         *           "soft": null,
         *           "state": "fine",
         *           "used": 1,
         *           "window_seconds": null
         *         }
         *       ],
         *       "micro_usd_this_month": 2250000,
         *       "micro_usd_today": 125000,
         *       "owner": "0190a1b2-0000-7000-8000-000000000000",
         *       "plan": "standard",
         *       "plan_is_known": true
         *     }
         */
        UsageView: {
            /**
             * Format: int64
             * @description When this was.
             */
            at: number;
            /**
             * Format: int64
             * @description What was announced by uploads that are going on.
             */
            bytes_announced: number;
            /**
             * Format: int64
             * @description What is kept, each file once.
             */
            bytes_kept: number;
            /**
             * Format: int64
             * @description Jobs that were started and have not ended.
             */
            jobs_at_once: number;
            /** @description Every limit that applies. */
            limits: components["schemas"]["LimitView"][];
            /**
             * Format: int64
             * @description The same of this month.
             */
            micro_usd_this_month: number;
            /**
             * Format: int64
             * @description What was spent today, in UTC, and is reserved by what runs. In millionths of a US dollar.
             */
            micro_usd_today: number;
            /** @description Whose. */
            owner: string;
            /** @description The plan whose limits apply. */
            plan: string;
            /** @description False if the plan is not configured any more: then those of the plan `standard` apply. */
            plan_is_known: boolean;
        };
        /** @description The amount of work for further workers. */
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
            /** @description Whether it is the default. */
            default: boolean;
            /** @description Its engine. */
            engine: string;
            /** @description Its id. */
            id: string;
            /** @description Whether its model is installed. */
            installed: boolean;
            /** @description ISO 639-1. */
            language: string;
            /** @description Its name. */
            name: string;
            /** @description The presenter of its videos if none is chosen: one who fits it. */
            presenter?: string | null;
            /** @description The most that it costs in each mode; empty if it costs nothing. */
            prices: components["schemas"]["FilmPriceView"][];
            /** @description How it sounds. */
            register: components["schemas"]["Register"];
            /** @description A sentence in this voice, as WAV: made by the first request. None if it is not installed, or costs money. */
            sample_url?: string | null;
        };
        /** @description What is asked for. */
        Wanted: {
            /** @description Phrases that are to be avoided, such as the fronts of a deck. One's own are, in any case. */
            avoid?: string[];
            /**
             * Format: int32
             * @description How many, from 1 to 50.
             */
            count: number;
            /** @description ISO 639-1 code of their language. */
            language: string;
            /**
             * Format: int32
             * @description Most words of each, at most 15.
             * @default 15
             */
            max_words: number;
            /**
             * Format: int32
             * @description Fewest words of each, at least 3.
             * @default 3
             */
            min_words: number;
            /** @description What the phrases are about. */
            theme: string;
        };
        /** @description How loud a session is when. */
        Waveform: {
            /**
             * Format: int64
             * @description The length of all parts together.
             */
            length_ms: number;
            /** @description The greatest amplitude of each of as many equal parts of the session, from 0 to 255; 0 where there is no sound. */
            points: number[];
        };
        /** @description What is to be changed of an endpoint; what is left out stays. */
        WebhookChange: {
            /** @description What it is for. */
            description?: string | null;
            /**
             * @description Whether events are sent to it. One that is enabled again is notified of what happens from now on, and of what was
             *     pending.
             */
            enabled?: boolean | null;
            /** @description The types of events that it is notified of. */
            events?: string[] | null;
            /** @description Where events are sent. */
            url?: string | null;
        };
        /** @description A new endpoint. */
        WebhookRequest: {
            /** @description What it is for. */
            description?: string;
            /** @description The types of events that it is notified of, such as `job.succeeded` or `reel.*`; empty: all. */
            events?: string[];
            /** @description Where events are sent: public and by https, but for what the operator allows. */
            url: string;
        };
        /** @description An endpoint with its secret: it is shown this once. */
        WebhookSecret: {
            /** @description With which the receiver verifies, by the libraries of Standard Webhooks. It begins with `whsec_`. */
            secret: string;
            webhook: components["schemas"]["WebhookView"];
        };
        /** @description An endpoint, without its secret. */
        WebhookView: {
            /** Format: int64 */
            created_at: number;
            /** @description What it is for, in its owner's words. */
            description: string;
            /** Format: int64 */
            disabled_at?: number | null;
            /** @description Why not: `by_owner`, `gone` (it answered 410) or `failing` (nothing has arrived for about three days). */
            disabled_reason?: string | null;
            /** @description Whether events are sent to it. */
            enabled: boolean;
            /** @description The types of events that it is notified of, such as `job.succeeded` or `reel.*`; empty: all. */
            events: string[];
            /**
             * Format: int64
             * @description Since when they have failed.
             */
            failing_since?: number | null;
            /**
             * Format: int32
             * @description Attempts that failed since the last one that did not.
             */
            failures: number;
            /** Format: uuid */
            id: string;
            /**
             * Format: int64
             * @description Events that were no longer kept when their turn had come.
             */
            missed: number;
            /**
             * Format: int64
             * @description Until when the secret before the last rotation signs, too.
             */
            previous_secret_until?: number | null;
            /**
             * Format: int64
             * @description No attempt before this.
             */
            resume_at?: number | null;
            /**
             * Format: int64
             * @description The last attempt that did not fail.
             */
            succeeded_at?: number | null;
            /** Format: int64 */
            updated_at: number;
            /** @description Where events are sent. */
            url: string;
        };
        /** @description Why a job waits. */
        WhyView: {
            /** @description The estimated time of its end, once it has started: from and to, by the usual duration of its kind. */
            done_by?: number[] | null;
            /** @description The estimated time of its start: from and to. */
            eta?: number[] | null;
            /**
             * Format: int64
             * @description Its position among the ready jobs of its owner, from 1.
             */
            position?: number | null;
            /**
             * @description Every current reason. Each has a `reason` (`time`, `dependency`, `children`, `signal`, `call`, `paused`, `limit`, `rate`,
             *     `provider`, `budget`, `no_worker`, `share`, `running`, `ended`) and its details.
             */
            reasons: Record<string, never>[];
            /** @description Its state. */
            state: string;
        };
        /**
         * @description So many in each window.
         * @example {
         *       "hard": 20,
         *       "seconds": 3600,
         *       "soft": 15
         *     }
         */
        WindowView: {
            /** Format: int64 */
            hard: number;
            /** Format: int32 */
            seconds: number;
            /**
             * Format: int64
             * @description At most `hard`.
             */
            soft?: number | null;
        };
        /** @description A word of a card as a person wants it: what is left out stays, and what is empty goes. */
        WordChange: {
            /** @description The form that it has here. */
            declension?: string | null;
            /** @description Its gender. */
            gender?: string | null;
            /** @description The form that dictionaries list. */
            lemma?: string | null;
            /** @description Its meaning. */
            meaning?: string | null;
            /** @description What else there is to know. */
            notes?: string | null;
            /** @description What it is derived from. */
            root?: string | null;
            /** @description In Latin letters. */
            transliteration?: string | null;
            /** @description As it stands in the phrase. */
            word: string;
        };
        /** @description A word of a phrase. A field is null where the language has no such thing, or it is not known. */
        WordView: {
            declension?: components["schemas"]["FieldView"] | null;
            frequency?: components["schemas"]["FieldView"] | null;
            gender?: components["schemas"]["FieldView"] | null;
            lemma?: components["schemas"]["FieldView"] | null;
            level?: components["schemas"]["FieldView"] | null;
            meaning?: components["schemas"]["FieldView"] | null;
            notes?: components["schemas"]["FieldView"] | null;
            root?: components["schemas"]["FieldView"] | null;
            transliteration?: components["schemas"]["FieldView"] | null;
            /** @description As it stands in the phrase. */
            word: string;
        };
        /** @description The work on a phrase that goes on. */
        WorkView: {
            /** @description The job. */
            job_id: string;
            /** @description The step that it is in: `extract`, `analyse` or `voice`. */
            step?: string | null;
            /** @description What it makes. */
            what: components["schemas"]["PhraseWork"];
        };
    };
    responses: {
        /** @description The request is malformed. */
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
        /** @description An internal error; the server's log has its cause under the request id. */
        Internal: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description This session or token may not do that, or the request comes from another origin. */
        NotAllowed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Nobody is signed in, or the token is not valid. */
        NotSignedIn: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Timeout while waiting for the request body. */
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
        /** @description The database is unavailable. */
        Unavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The media type of the body or of its file is not supported. */
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
