import { by, constant, METHODS, many, none, one, only, type Resource } from '../resource';
import type { World } from '../world';
import { times } from './shared';

/** `organizations`: the one that the OAuth application belongs to. */
export function organizations(world: World): Resource {
    return {
        type: 'organizations',
        numbers: only([world.organizationId]),
        methods: METHODS.read,
        attributes: { name: () => 'Sandbox', description: () => null, enabled: () => true, ...times(world, 'segments') },
        relations: { businessUnits: many('businessunits', () => [1]), users: many('users', () => [1]) },
        filters: { name: by('string') },
        title: () => 'Sandbox',
    };
}

/** `customeruserroles`: what a customer user may do in the storefront. */
export function customerUserRoles(): Resource {
    const labels = ['Administrator', 'Buyer'];
    return {
        type: 'customeruserroles',
        numbers: only([1, 2]),
        methods: METHODS.full,
        attributes: { label: (role) => labels[role - 1] ?? '', public: () => true, selfManaged: () => true },
        relations: {},
        filters: {},
    };
}

/** `userprofile`: the back-office user that the application acts as. Every user of the API may read it. */
export function userProfile(world: World): Resource {
    return {
        type: 'userprofile',
        numbers: only([1]),
        methods: METHODS.read,
        attributes: {
            username: () => 'sandbox',
            email: () => 'sandbox@example.com',
            namePrefix: () => null,
            firstName: () => 'John',
            middleName: () => null,
            lastName: () => 'Doe',
            nameSuffix: () => null,
            birthday: () => null,
            enabled: () => true,
            lastLogin: () => null,
            ...times(world, 'segments'),
            loginCount: () => 1,
            ...constant(null, 'passwordRequestedAt', 'passwordChangedAt', 'phone', 'title', 'externalId', 'googleId'),
            emails: () => [],
        },
        relations: {
            groups: none('usergroups'),
            owner: one('businessunits', () => 1),
            businessUnits: many('businessunits', () => [1]),
            organizations: many('organizations', () => [world.organizationId]),
            userRoles: many('userroles', () => [3]),
            organization: one('organizations', () => world.organizationId),
            avatar: one('files', () => null),
            activityEmails: none('emails'),
            activityCalls: none('calls'),
            auth_status: one('userauthstatuses', () => 'active'),
            tags: none('tags'),
        },
        filters: {},
    };
}
