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
                        "application/json": components["schemas"]["SessionView"][];
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
        /** The invitations that can be used. */
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
                        "application/json": components["schemas"]["InvitationView"][];
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
                    /** @description A repeated key returns the same reel in its current state. From 1 to 255 visible ASCII characters, with or without quotes. */
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
                        /** @description A presenter's id, or `none` for a video without a presenter. By default the one who fits the voice. */
                        presenter?: string;
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
                    /** @description A repeated key returns the same session. From 1 to 255 visible ASCII characters, with or without quotes. */
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
                    /** @description A repeated key returns the same session. From 1 to 255 visible ASCII characters, with or without quotes. */
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
                        /** @description ISO 639-1 code of what is spoken; found out without it. */
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
         * Ends a recording. While chunks are missing, or a segment is not closed, it is refused with what is missing, unless that is
         *     accepted. Ending it again changes nothing.
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
                    "application/octet-stream": number[];
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
                /** @description The database is unavailable. */
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
        /** An extract of the transcript: the sentences that say most of it, decisions, tasks, key moments, and who speaks how much. */
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
        post?: never;
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
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tokens of this account. */
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
                        "application/json": components["schemas"]["TokenView"][];
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
                    /** @description Pairs of a key and a value in Base64, separated by commas: `filename` is the file's name; `ocr` is `true` if its pages are to be read by OCR. */
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
         *     `Sluice-Document`, or what an app makes of it: a sound or a video becomes a session, `scribe/` and its id in `Sluice-Taken`.
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
        /** Makes a webhook, which is told of what happens from now on. Its secret is in this response and nowhere else. */
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
        BTreeMap: {
            [key: string]: {
                /** @description Whether it does. */
                ok: boolean;
                /** @description Why not; the server's log has the details. */
                why?: string | null;
            };
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
        /** @description Money, in millionths of a US dollar. */
        CostView: {
            /**
             * Format: int64
             * @description The estimate, made before the work began; none if the price is not known.
             */
            estimated_micro_usd?: number | null;
            /**
             * Format: int64
             * @description The amount spent so far, as far as it is known.
             */
            spent_micro_usd: number;
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
        };
        /** @description An example document. */
        ExampleView: {
            name: string;
            url: string;
        };
        /** @description How a session is ended. */
        Finish: {
            /**
             * @description Ends it although chunks are missing: they are gaps for good.
             * @default false
             */
            accept_gaps: boolean;
        };
        /** @description A stretch without sound. */
        Gap: {
            /**
             * Format: int64
             * @description End, exclusive.
             */
            end_ms: number;
            /** @description Why. */
            reason: components["schemas"]["GapReason"];
            /**
             * Format: int64
             * @description Start.
             */
            start_ms: number;
        };
        /**
         * @description Why there is no sound.
         * @enum {string}
         */
        GapReason: "not_recorded" | "not_received";
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
            /** @description `silence`, `repetition` or `phantom`: nobody speaks there, it repeats itself, or it is a phrase that models make up. */
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
             * @description `hidden`, `unreadable`, `scanned`, `running`, `line_numbers`, `watermark`, `earlier_build`, `references`,
             *     `furniture` or `table`.
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
            /** @description `requests`, `uploads`, `jobs`, `jobs_at_once`, `bytes_kept`, `money_per_day` or `money_per_month`. */
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
             * @description How the script of the video was written; before there is one, that of the storyboard: `extract`, or `extract_edited` if
             *     a person changed it.
             */
            script?: string | null;
            /** @description The renderer. */
            video?: string | null;
            /** @description The voice engine. */
            voice?: string | null;
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
            /**
             * Format: int64
             * @description Where its passage begins.
             */
            start_ms: number;
            /** @description The beginning of what is said. */
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
        /** @description Why something is held. */
        NewHold: {
            /** @description Why, for those who come later. */
            reason?: string;
        };
        /** @description A new invitation, with its link: it is shown this once. */
        NewInvitation: {
            invitation: components["schemas"]["InvitationView"];
            /** @description The path of the page where it is used, under this server's address. */
            link: string;
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
            /** @description A presenter's id; null or `none` for a video without a presenter. By default the one who fits the voice. */
            presenter?: string | null;
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
            /** @description ISO 639-1 code of what is spoken; null, the default, to have it found out. */
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
         * @description Limits in the place of the plan's: what is left out is as in the plan, and null lifts the limit.
         * @example {
         *       "jobs_at_once": {
         *         "hard": 5
         *       },
         *       "micro_usd_per_day": null
         *     }
         */
        OverridesView: {
            bytes_kept?: components["schemas"]["CapView"] | null;
            jobs?: components["schemas"]["WindowView"] | null;
            jobs_at_once?: components["schemas"]["CapView"] | null;
            micro_usd_per_day?: components["schemas"]["CapView"] | null;
            micro_usd_per_month?: components["schemas"]["CapView"] | null;
            requests?: components["schemas"]["WindowView"] | null;
            uploads?: components["schemas"]["WindowView"] | null;
        };
        /** @description What a person changes of their own account. */
        OwnChange: {
            /** @description What the person wants to be called. */
            name: string;
        };
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
                reel?: components["schemas"]["ReelSnapshot"];
                scribe?: components["schemas"]["ScribeSnapshot"];
            };
            /** @description Unfinished jobs, newest first: at most 50 of each state. */
            jobs: components["schemas"]["JobSummary"][];
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
        /** @description A sentence of the transcript. */
        Quote: {
            /**
             * Format: int32
             * @description The number of the passage.
             */
            passage: number;
            /**
             * Format: int32
             * @description Who says it.
             */
            speaker?: number | null;
            /**
             * Format: int64
             * @description Where its passage begins.
             */
            start_ms: number;
            /** @description What was said. */
            text: string;
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
             * @description When its latest chunk arrived; before the first one, when it began.
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
             * @description When it ended.
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
             * @description The job that transcribes it, the latest one.
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
            /** @description Aspect ratios. */
            shapes: string[];
        };
        /** @description What can be made of a document. */
        ReelOffer: {
            /** @description One per mode; a mode that the text is too short for is missing. */
            estimates: components["schemas"]["EstimateView"][];
            /** @description The voice that a presenter has if none is chosen, by the presenter's id. */
            voice_of_presenter: {
                [key: string]: string;
            };
            /** @description The voices that speak the document's language. */
            voices: components["schemas"]["VoiceView"][];
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
            cost?: components["schemas"]["CostView"] | null;
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
            result?: components["schemas"]["ResultView"] | null;
            /** @description The storyboard. */
            scenes: components["schemas"]["SceneView"][];
            /** @description `extract` if the script consists of sentences of the document, `extract_edited` if a person changed it since. */
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
        SceneStage: "voice" | "captions" | "frames" | "clip";
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
            /** @description Its text, sentence by sentence, each with the page that it comes from; none for a person's own. */
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
            /** @description ISO 639-1 code of what is spoken; null to have it found out. */
            language?: string | null;
            state?: components["schemas"]["Going"] | null;
            /** @description Its title. */
            title?: string | null;
            /** @description Whether it is to be transcribed. */
            transcribe?: boolean | null;
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
        /** @description What is kept. */
        StorageReport: {
            /**
             * Format: int64
             * @description Bytes of all tiers together.
             */
            bytes: number;
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
            /**
             * Format: int64
             * @description How many sessions, or other things of apps, that is.
             */
            sessions: number;
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
             * @description When the oldest of them began, in milliseconds since 1970.
             */
            oldest?: number | null;
            /**
             * Format: int64
             * @description How many sessions, or other things of the app.
             */
            sessions: number;
            /** @description The tier. */
            tier: components["schemas"]["Tier"];
        };
        /** @description What stands for a whole session. */
        Summary: {
            /** @description Sentences that say what somebody is to do. */
            actions: components["schemas"]["Quote"][];
            /** @description Sentences that say what was decided. */
            decisions: components["schemas"]["Quote"][];
            /** @description Words and phrases that it is about, the most important first. */
            key_terms: string[];
            /** @description That it quotes. */
            kind: components["schemas"]["SummaryKind"];
            /** @description ISO 639-1 code of what is spoken. */
            language: string;
            /** @description What the sentences were compared by. */
            made_by: string;
            /** @description Where something central is said, in order. */
            moments: components["schemas"]["Moment"][];
            /** @description The sentences that say most of it, in their order. */
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
         * @description What a summary is.
         * @enum {string}
         */
        SummaryKind: "extract";
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
            scopes: string[];
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
            /** @description Where nothing was recorded, or what was recorded never arrived. */
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
            /** @description How it sounds. */
            register: components["schemas"]["Register"];
            /** @description A sentence in this voice, as WAV: made by the first request. None if it is not installed, or costs money. */
            sample_url?: string | null;
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
             * @description Whether events are sent to it. One that is enabled again is told of what happens from now on, and of what was
             *     pending.
             */
            enabled?: boolean | null;
            /** @description The types of events that it is told of. */
            events?: string[] | null;
            /** @description Where events are sent. */
            url?: string | null;
        };
        /** @description A new endpoint. */
        WebhookRequest: {
            /** @description What it is for. */
            description?: string;
            /** @description The types of events that it is told of, such as `job.succeeded` or `reel.*`; empty: all. */
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
            /** @description The types of events that it is told of, such as `job.succeeded` or `reel.*`; empty: all. */
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
