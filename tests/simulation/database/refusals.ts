/** Something that the memory database does not do: better said than done otherwise than MongoDB would. */
export class MongoInvalid extends Error {
  override readonly name = 'MongoInvalid';
}
