import { aside, setAside } from '../../../rules/settings';
import { allocate, forgetAll, release } from '../../../rules/memory';
export { allocate, aside, forgetAll, release, setAside };
